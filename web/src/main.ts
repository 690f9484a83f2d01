import { mount } from 'svelte';
import App from './App.svelte';
import './design/fonts.css';
import './design/tokens.css';
import './design/base.css';
import { preferences } from './state/preferences.svelte';
import { workspace } from './state/workspace.svelte';

preferences.start();
workspace.start();
const target = document.getElementById('app');
if (target) mount(App, { target });
