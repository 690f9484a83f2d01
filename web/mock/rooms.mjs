/** Answers of the stand-in service for accounts, programmes, plans in full, sharing and reports. Everything is invented. */
import { communes, places, sites, zones } from './province.mjs';

const ROLE = process.env.MOCK_ROLE ?? null;
const now = () => new Date().toISOString();
const department = ['administrator', 'planner'].includes(ROLE ?? 'administrator');
const may = { edit: department, upload: department || ROLE === 'operator', rows: department || ROLE === 'operator', plans: department || ROLE === 'operator' || ROLE === 'auditor', accounts: ROLE === 'administrator', audit: ROLE === 'administrator' || ROLE === 'auditor' };
const user = ROLE === null ? { name: 'local', role: 'administrator', totp: false } : { id: 'u1', name: ROLE, display_name: 'Nguyễn Thị Mẫu', role: ROLE, operator: ROLE === 'operator' ? 'VNPT' : null, totp: false };
const session = () => (ROLE === 'nobody' ? { mode: 'accounts', user: null, may: {}, expires_at: null } : { mode: ROLE === null ? 'single_user' : 'accounts', user, may, expires_at: null });
const account = (name, role, more) => ({ id: name, name, display_name: { sotttt: 'Phòng Bưu chính, Viễn thông', viettel: 'Viettel chi nhánh tỉnh', kkt: 'Ban quản lý Khu kinh tế', kyanh: 'UBND xã Kỳ Anh' }[name] ?? name, role, operator: null, disabled: false, locked: false, totp: false, has_password: true, created_at: now(), last_seen_at: now(), ...more });
const accounts = [account('sotttt', 'administrator', { id: 'u1', totp: true }), account('viettel', 'operator', { operator: 'Viettel' }), account('kkt', 'zone_board', { has_password: false, last_seen_at: null }), account('kyanh', 'commune', { locked: true })];
const reports = [];
const calls = [{ id: 'c1', kind: 'demand_area', from: 'Ban quản lý Khu kinh tế', title: 'Cần thêm trạm 5G tại KCN Kỳ Khê', note: 'Hai nhà máy mới chạy từ quý III', zone_code: 'Z3', position: null, date: '2026-10-02', due: '2026-11-30', answers: [{ operator: 'Viettel', answer: 'joins', note: null, date: '2026-10-09', who: 'viettel' }] }];
let rules = '# Bảng quyết định cho thôn\n[[rule]]\nid = "power-first"\nclass = "white"\nelectrified = false\nroute_vi = "Chờ có điện; trước mắt dùng vệ tinh"\n';

const Text = (vi, en) => ({ vi, en });
const reading = (id, vi, value, used, note) => ({ id, used, name_vi: vi, name_en: vi, formula: 'a / b', unit: 'percent', target: 50, status: 'late', figure: { value, numerator: value * 2, denominator: 200, rows: [], by_operator: {}, notes: note ? [Text(note, note)] : [], range: null }, reason: null });
const indicator = (id, name_vi, kind, unit, baseline, value, target, status, readings = [], more = {}) => ({ id, row: 1, name_vi, name_en: name_vi, class: kind, unit, denominator_vi: null, denominator_en: null, clause: 'II.2', national: false, baseline, baseline_date: '2025-06-30', target, deadline: '2026-12-31', targets: [], value, gap: null, status, reason: value === null ? Text('Chưa có số liệu báo cáo.', 'Nothing was reported yet.') : null, status_reason: null, readings, reported: [], estimate: null, conflict: null, expected: null, ...more });
const evaluation = () => ({ programme: 'ha-tinh-529', title_vi: 'Kế hoạch phát triển hạ tầng 5G', title_en: '5G infrastructure plan', document: '529/KH-UBND', today: '2026-11-21', run: null, run_stale: false, area: null, warnings: [Text('Mẫu số “trạm 4G” lấy từ danh sách đã nạp.', 'The denominator “4G stations” comes from the lists.')],
  planner: { technology: '5g', actions: 330, minimum_in_zones: 40, quotas: [['Viettel', 150], ['VNPT', 100], ['MobiFone', 80]], missing: [] },
  indicators: [indicator('stations-5g', 'Số trạm BTS 5G', 'A', 'station', 50, 62, 380, 'at_risk', [reading('count', 'Đếm trạm', 62, true)], { status_reason: Text('Đường thẳng tới mục tiêu hôm nay là 284; mới đạt 62.', 'The straight way would be at 284 today; it is 62.') }),
    indicator('zones', 'BTS 5G tại khu, cụm công nghiệp đạt 50 %', 'A', 'percent', null, 12.5, 50, 'late', [reading('a', 'Trạm 5G so với trạm 4G', 12.5, true), reading('b', 'Khu, cụm có trạm 5G', 41, false, 'Khu lồng nhau đếm một lần.'), reading('c', 'Diện tích khu có sóng 5G', 33.1, false)]),
    indicator('villages', 'Thôn được phủ sóng băng rộng di động', 'A', 'percent', 92, 98.4, 98, 'met', [reading('a', 'Thôn', 98.4, true)]),
    indicator('speed', 'Tốc độ tải xuống di động i-Speed', 'B', 'mbps', 34.41, null, 42, 'not_computable', [], { estimate: { value: 38.2, unit: 'mbps', reading: 'median' } })] });
const workflow = () => ({ quotas: [['Viettel', 150, 120, 22], ['VNPT', 100, 100, 18], ['MobiFone', 80, 0, 10]].map(([operator, quota, listed, on_air]) => ({ operator, quota, listed, on_air, difference: listed - quota })),
  deliveries: [{ deliverable: 'list', name_vi: 'Danh sách vị trí dự kiến', name_en: 'List of planned sites', who: 'MobiFone', due: '2026-11-15', received: null, status: 'missing', clause: 'IV.3' }, { deliverable: 'list', name_vi: 'Danh sách vị trí dự kiến', name_en: 'List of planned sites', who: 'VNPT', due: '2026-11-15', received: '2026-11-10', status: 'received', clause: 'IV.3' }, { deliverable: 'report', name_vi: 'Báo cáo quý IV', name_en: 'Report of Q4', who: 'VNPT', due: '2026-12-31', received: null, status: 'open', clause: 'V' }],
  lists: [{ operator: 'VNPT', date: '2026-11-10', who: 'vnpt', sites: 100, by_action: { upgrade: 82, new_tower: 18 }, findings: [{ code: 'too_close', severity: 'warning', message: Text('3 vị trí cách cột của nhà mạng khác dưới 100 m; nên dùng chung.', '3 sites stand within 100 m of another operator’s mast.'), sites: ['N1'], other_operator: 'Viettel' }] }],
  conflicts: [{ first: 'N1', first_operator: 'VNPT', second: 'V7', second_operator: 'Viettel', distance_m: 64 }], stages: { planned: 70, surveyed: 20, permitted: 6, built: 3, on_air: 1 }, against_built: { done: ['a'], outstanding: ['b', 'c'], unplanned: [], moved: [{ code: 'd', distance_m: 210 }] } });

const sums = (people) => ({ objective: people * 1.2, bound: people * 1.22, gap: 0.004, capital_million_vnd: 230_000, people, villages: 180, actions: 330 });
const plan = () => ({ totals: {}, by_phase: [['2026', 120, 9000], ['2027', 210, 15_100]].map(([name, actions, people]) => ({ name, actions, people, villages: actions / 2, capital_million_vnd: actions * 700, objective_gain: people })), binding: [{ constraint: 'actions', price: 40, text_vi: 'Thêm một vị trí sẽ có thêm khoảng 40 người.', text_en: 'One more site would serve about 40 people more.' }], filtered: { slope: 120, protected: 14, near_mast: 61 }, curve: { points: Array.from({ length: 14 }, (_, n) => ({ budget: n * 18_000, cost: n * 18_000, served: 24_100 * (1 - Math.exp(-n / 4)), bound: 24_700 * (1 - Math.exp(-n / 4)) + 120 })), knee: 5 }, satellite_advice: [] });
const sharing = () => ({ share_before: { by_location: 16.1, by_station: 27.7, by_hosted_tenant: 13.8 }, share_after: { by_location: 24.6, by_station: 39.9, by_hosted_tenant: 20 }, restricted_counted: 4, groups: Array.from({ length: 24 }, (_, n) => ({ rank: n + 1, rule: 'within_distance', rule_text_vi: 'Hai cột cách nhau dưới 100 m nơi đông dân', rule_text_en: 'Two masts within 100 m where it is built up', distance_m: 42 + n * 3, keep: { site_code: sites.features[n].properties.code, owner: 'Viettel', free_height_m: 12, load: n % 3 ? 'free_height_known' : 'unknown' }, leave: { site_code: sites.features[n + 30].properties.code, owner: 'VNPT' }, tenants_moved: [{ operator: 'VNPT', technology: '4g', people_before: 5200, people_kept: 5100, people_lost: 100 - n, people_gained: 12, km2_lost: 0.2, mean_change_db: -0.8, worst_change_db: -6.1 }], capital_saved_million_vnd: 900, yearly_saved_million_vnd: 45, confidence: n % 3 ? 'high' : 'low', confidence_reasons: n % 3 ? [] : [{ text_vi: 'Chưa rõ tải trọng còn lại của cột.', text_en: 'The mast’s remaining load is not known.' }] })) });

const decisions = () => ({ rows: places.features.map((place, n) => ({ code: place.properties.code, name: place.properties.name, commune_code: place.properties.commune_code, commune: null, population: place.properties.population, class: ['white', 'hollow', 'served'][n % 3], rule: 'r1', route_vi: ['Đề nghị xây trạm mới, ưu tiên dùng chung', 'Nâng cấp trạm gần nhất', 'Không cần làm gì'][n % 3], route_en: ['New shared mast', 'Upgrade the nearest station', 'Nothing to do'][n % 3], action: null, position: place.geometry.coordinates })), totals: [] });

/** The answer to a request of these rooms; `undefined` where it is none of theirs. */
export function roomAnswer(method, path, q, body) {
  if (path === '/api/session') return method === 'DELETE' ? null : session();
  if (path === '/api/users') return method === 'POST' ? (accounts.push(account(body.name, body.role, { display_name: body.display_name, has_password: false, last_seen_at: null })), { user: accounts.at(-1), invitation: { link: `http://127.0.0.1:8080/#/setup?token=abc${accounts.length}`, expires_at: now() } }) : accounts;
  if (/^\/api\/users\//.test(path)) return path.endsWith('/invitation') ? { link: 'http://127.0.0.1:8080/#/setup?token=reset', expires_at: now() } : Object.assign(accounts.find((one) => path.includes(one.id)) ?? {}, body);
  if (path === '/api/tokens') return [];
  if (path === '/api/audit') return { total: 3, entries: [['coverage_run', 'Tính vùng phủ sóng', { run: 'c577d868', zoom: 12 }], ['import_committed', 'sites v3', { rows: 1200, repaired: 31 }], ['signed_in', null, {}]].map(([action, subject, details], n) => ({ sequence: 3 - n, at: now(), who: 'sotttt', action, project: 'demo', subject, details, hash: 'ab12cd34ef567890'.repeat(4) })) };
  if (path === '/api/audit/verification') return { sound: true, entries: 3, first_broken: null };
  if (path === '/api/import-fields') return ['code', 'name', 'operator', 'longitude', 'latitude', 'technology', 'mast_height_m', 'commune'].map((field) => ({ field, synonyms: [] }));
  const m = /^\/api\/projects\/([^/]+)(\/.*)$/.exec(path);
  const rest = m?.[2] ?? '';
  if (rest === '/programmes') return [{ key: 'ha-tinh-529', title_vi: 'Kế hoạch phát triển hạ tầng 5G', title_en: '5G infrastructure plan', document: '529/KH-UBND', own: false }];
  if (rest === '/village-rules') { if (body?.text) rules = body.text; return { text: rules, own: method === 'PUT' }; }
  if (rest === '/village-decisions') return decisions();
  if (rest === '/signal-reports') { if (method === 'POST') { const row = { ...body, who: user.name, received_at: now() }; reports.unshift(row); return row; } return { reports }; }
  const p = /^\/programmes\/[^/]+(\/.*)?$/.exec(rest);
  if (p) {
    const what = p[1] ?? '';
    if (what === '') return { key: 'ha-tinh-529', own: false, text: 'key = "ha-tinh-529"\n' };
    if (what === '/evaluation') return evaluation();
    if (what === '/projection') return { plan: q.plan, indicators: evaluation().indicators.map((one) => ({ id: one.id, baseline: one.baseline, value: one.value, target: one.target, projected: one.id === 'stations-5g' ? 392 : one.id === 'zones' ? 53 : one.value, status: one.status, projected_status: 'met' })) };
    if (what === '/workflow') return workflow();
    if (what === '/calls') { if (method === 'POST') calls.unshift({ id: `c${calls.length + 1}`, note: null, zone_code: null, position: null, due: null, ...body, answers: [] }); return method === 'POST' ? calls[0] : calls; }
    if (/\/answers$/.test(what)) { calls.find((one) => what.includes(one.id))?.answers.push({ ...body, who: user.name, note: null }); return {}; }
    if (what === '/annual-plan') return { year: Number(q.year), rows: [], totals: communes.features.slice(0, 24).map((commune, n) => ({ quarter: 1 + (n % 4), commune_code: commune.properties.code, commune: commune.properties.name, build: n % 3, upgrade: 4 + (n % 6), share: n % 2 })) };
    if (/\/rows$/.test(what)) return { total: zones.features.length, unit: 'zone', columns: [['code', 'Mã'], ['name', 'Tên'], ['kind', 'Loại']].map(([key, title]) => ({ key, title_vi: title, title_en: title })), rows: zones.features.map((zone) => ({ ...zone.properties, position: zone.geometry.coordinates[0][0] })) };
    return {};
  }
  if (/^\/runs\/\w+\/plan$/.test(rest)) return plan();
  if (/^\/runs\/\w+\/adjust$/.test(rest)) return { before: sums(24_100), after: sums(24_360), added: [{ id: 'hand:1', action: 'new_tower', operator: null, position: [105.9, 18.3], capital_million_vnd: 1500, people: 410 }], removed: [{ id: 'upgrade:VNPT:HT0002', action: 'upgrade', operator: 'VNPT', position: [105.9, 18.3], capital_million_vnd: 500, people: 150 }], moved: [], seconds: 0.4 };
  if (rest === '/plans/compare') return { both: Array(280).fill('x'), only_a: Array(50).fill({}), only_b: Array(48).fill({}), differences: { objective: 900, capital_million_vnd: 4100, people: 812, villages: 7, actions: 2, in_zones: 1 }, villages_only_a: places.features.slice(0, 3).map((one) => one.properties), villages_only_b: [] };
  if (rest === '/compare') return { before: { run: q.before, scenario: null }, after: { run: q.after, scenario: 'Tắt 2G, 3G' }, technology: [], technology_after: [], totals: { gained: { km2: 12.1, people: 1500 }, lost: { km2: 88.4, people: 9120 }, kept: { km2: 4100, people: 1_100_000 }, neither: { km2: 1800, people: 30_000 } }, areas: [], places: places.features.slice(0, 6).map((one) => ({ ...one.properties, position: one.geometry.coordinates, change: 'lost' })), tiles: '', legend: [] };
  if (/^\/runs\/\w+\/sharing$/.test(rest)) return sharing();
  if (rest === '/runs' && q.kind === 'sharing') return [{ id: 'sh1', kind: 'sharing', created_at: now(), parameters: {}, summary: {}, stale: false }];
  if (/^\/imports\/\w+\/difference$/.test(rest)) return { against_version: 1, counts: { added: 12, moved: 2, changed: 5, removed: 1, unchanged: 880 }, rows: sites.features.slice(0, 20).map((site, n) => ({ change: ['added', 'moved', 'changed', 'removed'][n % 4], layer: 'sites', code: site.properties.code, name: site.properties.name, distance_m: n % 4 === 1 ? 42 : null, fields: n % 4 === 2 ? [{ field: 'mast_height_m', from: 42, to: 45 }] : [] })) };
  return undefined;
}
