// What five people's days have in common: one demo that is computed once, the service over it, people with accounts, and looking at the page.
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, folder, inaccessible, open, phusong, picture, serve, stop } from '../support.mjs';
import { sheets, workbook } from '../xlsx.mjs';

/** A number as the page writes it in Vietnamese. */
export const number = (text) => Number(text.replaceAll('.', '').replace(',', '.').replace('−', '-').replace(/[^\d.-]/g, ''));
/** A number as the page is to write it in Vietnamese. */
export const decimal = (value, digits = 1) => value.toLocaleString('vi-VN', { minimumFractionDigits: digits, maximumFractionDigits: digits });
export const whole = (value) => Math.round(value).toLocaleString('vi-VN');

const PASSWORD = 'mật khẩu dài để thử';

/** The demo with its files; a folder of an earlier day (`PHUSONG_DAY`, with `store` and `files` in it) saves its making. */
export async function begin(t) {
  const work = folder(t, 'personas');
  const [data, files] = [join(work, 'store'), join(work, 'files')];
  const earlier = process.env.PHUSONG_DAY;
  if (earlier) for (const part of ['store', 'files']) cpSync(join(earlier, part), join(work, part), { recursive: true });
  else await phusong('demo', '--data', data, '--out', files);
  const day = new Day(t, work, data);
  await day.start();
  day.project = (await ask(day.address, '/api/projects')).find((project) => project.synthetic).id;
  return day;
}

class Day {
  /** Cookie of the administrator once there are accounts. */
  headers = {};
  /** The coverage run that all figures come from. */
  run = null;

  constructor(t, work, data) {
    this.t = t;
    this.work = work;
    this.data = data;
  }

  async start(...more) {
    this.service = await serve(this.t, this.data, ...more);
    this.address = this.service.address;
  }

  async restart(...more) {
    await stop(this.service);
    await this.start(...more);
  }

  /** What the interface says of the project, to the administrator or to `person`. */
  api(path, person) {
    return ask(this.address, `/api/projects/${this.project}${path}`, { headers: person ? { cookie: person.cookie } : this.headers });
  }

  /** Features of the project as `person` may see them. */
  ogc(collection, query, person) {
    return ask(this.address, `/ogc/${this.project}/collections/${collection}/items?${query}`, { headers: person ? { cookie: person.cookie } : this.headers });
  }

  send(path, body, person) {
    const headers = person ? { cookie: person.cookie, origin: this.address } : this.headers;
    return ask(this.address, path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  }

  /** Waits for a job to end well; gives its run. */
  async done(job) {
    for (;;) {
      const now = await ask(this.address, `/api/jobs/${job.id}`, { headers: this.headers });
      assert.ok(!['failed', 'cancelled'].includes(now.status), JSON.stringify(now.problem));
      if (now.status === 'succeeded') return now.result.run;
      await new Promise((soon) => setTimeout(soon, 400));
    }
  }

  /** From here on everybody signs in; `headers` are the first administrator's. */
  async withAccounts() {
    await this.restart('--sign-in');
    for (let wait = 0; wait < 100 && !this.service.said().includes('token='); wait += 1) await new Promise((soon) => setTimeout(soon, 50));
    const token = /token=([\w-]+)/.exec(this.service.said())[1];
    this.administrator = { name: 'admin', password: PASSWORD, cookie: await this.#setUp(token) };
    this.headers = { cookie: this.administrator.cookie, origin: this.address };
  }

  async #setUp(token) {
    const answer = await fetch(`${this.address}/api/setup`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token, password: PASSWORD }) });
    assert.equal(answer.status, 200, await answer.text());
    return answer.headers.get('set-cookie').split(';')[0];
  }

  async person(name, role, operator) {
    const made = await this.send('/api/users', { name, display_name: name, role, ...(operator ? { operator } : {}) });
    return { name, password: PASSWORD, cookie: await this.#setUp(/token=([\w-]+)/.exec(made.invitation.link)[1]) };
  }

  /** Opens a room of the project as `person`; the test fails on any error in the page and on any request that leaves the machine. */
  async visit(t, room, { person = null, language = 'vi', theme = 'light', ...view } = {}) {
    const { page, faults } = await open(t, view);
    t.after(() => assert.deepEqual(faults, []));
    const field = (id) => page.getByTestId(id);
    await page.goto(`${this.address}/?lang=${language}&theme=${theme}#/${room === null ? '' : `${this.project}/${room}`}`);
    if (person) {
      await field('sign-in-name').fill(person.name);
      await field('sign-in-password').fill(person.password);
      await field('sign-in-enter').click();
    }
    if (room !== null) await field('panel').waitFor();
    return { page, field };
  }

  /** An operator's own list of the demo: its head and its rows. */
  list(operator) {
    const path = (ending) => join(this.work, 'files', `sites-${operator.toLowerCase()}.${ending}`);
    if (existsSync(path('xlsx'))) {
      const [[header, ...rows]] = Object.values(sheets(readFileSync(path('xlsx'))));
      return { header, rows };
    }
    const [header, ...rows] = readFileSync(path('csv'), 'utf8').replace(/^\uFEFF/, '').trim().split(/\r?\n/).map((line) => line.split(','));
    return { header, rows: rows.map((row) => row.map((value) => (value !== '' && Number.isFinite(Number(value)) ? Number(value) : value))) };
  }

  /** Some or all rows of an operator's list as a workbook, with mistakes that people make. */
  faultyList(operator, from = 0, to = Infinity) {
    const { header, rows } = this.list(operator);
    const list = rows.slice(from, to);
    const [lon, lat, name, height] = ['Kinh độ', 'Vĩ độ', 'Tên trạm', 'Độ cao cột (m)'].map((title) => header.indexOf(title));
    [list[3][lon], list[3][lat]] = [list[3][lat], list[3][lon]]; // the two swapped
    list[7][lon] = String(list[7][lon]).replace('.', ','); // decimal commas as text
    list[7][lat] = String(list[7][lat]).replace('.', ',');
    list[9][name] = list[9][name].normalize('NFD'); // letters and their marks apart
    list[11][lat] = 21.03; // another province
    list[13][height] = `${list[13][height]} m`; // a number with its unit
    list[15][lon] = ''; // no position
    list[15][lat] = '';
    const path = join(this.work, `danh-sach-${operator.toLowerCase()}.xlsx`);
    writeFileSync(path, workbook(operator, [header, ...list]));
    return { path, rows: list.length };
  }
}

/** Keeps a picture, asks axe, and looks for anything that is wider than the screen. */
export async function look(page, name) {
  await picture(page, name);
  assert.deepEqual(await inaccessible(page), [], name);
  assert.deepEqual(await overflowing(page), [], `${name}: wider than the screen`);
}

/** What sticks out of the screen sideways and cannot be scrolled to. */
async function overflowing(page) {
  return page.evaluate(() => {
    const scrolls = (element) => {
      for (let at = element; at; at = at.parentElement) if (/(auto|scroll)/.test(getComputedStyle(at).overflowX) && at.scrollWidth > at.clientWidth) return true;
      return false;
    };
    return [...document.querySelectorAll('button, a, input, select, p, h1, h2, h3, dd, dt, li, th, td, label, span')]
      .filter((element) => {
        const { left, right, width, height } = element.getBoundingClientRect();
        return width > 1 && height > 1 && (right > innerWidth + 1 || left < -1) && !element.closest('.map-area, .visually-hidden') && !scrolls(element) && getComputedStyle(element).visibility !== 'hidden';
      })
      .concat([...document.querySelectorAll('.scroll')].filter((panel) => panel.scrollWidth > panel.clientWidth + 1))
      .slice(0, 5).map((element) => `${element.tagName.toLowerCase()}.${element.className} «${element.textContent?.trim().slice(0, 40)}»`);
  });
}
