import { mount } from 'svelte';
import App from './App.svelte';
import './design/fonts.css';
import './design/tokens.css';
import './design/base.css';
import { preferences } from './state/preferences.svelte';
import { session } from './state/session.svelte';
import { workspace } from './state/workspace.svelte';

preferences.start();
workspace.start();
void session.load();
const target = document.getElementById('app');
if (target) mount(App, { target });
