// Workbooks of plain cells, enough for lists: written from rows of texts and numbers, packed without compression, and read again.
import { crc32, inflateRawSync } from 'node:zlib';

const escaped = (text) => String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function column(index) {
  let name = '';
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  return name;
}

const cell = (value, row, index) => (value === '' || value === null || value === undefined ? ''
  : typeof value === 'number' ? `<c r="${column(index)}${row}"><v>${value}</v></c>`
  : `<c r="${column(index)}${row}" t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`);

const sheetXml = (rows) => `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${
  rows.map((row, at) => `<row r="${at + 1}">${row.map((value, index) => cell(value, at + 1, index)).join('')}</row>`).join('')}</sheetData></worksheet>`;

/** A ZIP archive of `{name: text}`, stored. */
function archive(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const [path, body] = [Buffer.from(name), Buffer.from(text)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x0800, 2); // names in UTF-8
    common.writeUInt32LE(0x00210000, 6); // 1 January 1980
    common.writeUInt32LE(crc32(body), 10);
    common.writeUInt32LE(body.length, 14);
    common.writeUInt32LE(body.length, 18);
    common.writeUInt16LE(path.length, 22);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), common, path, body);
    const entry = Buffer.alloc(46);
    entry.write('PK\x01\x02', 'latin1');
    entry.writeUInt16LE(20, 4);
    common.copy(entry, 6);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, path);
    offset += 30 + path.length + body.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, list, end]);
}

/** A workbook with one sheet. */
export function workbook(name, rows) {
  const relation = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const content = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  return archive({
    '[Content_Types].xml': `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${content}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${content}.worksheet+xml"/></Types>`,
    '_rels/.rels': `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${relation}"><sheets><sheet name="${escaped(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relation}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': sheetXml(rows),
  });
}

const plain = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))).replaceAll('&amp;', '&');
const words = (xml) => plain([...xml.matchAll(/<t(?: [^>]*)?>([^<]*)<\/t>/g)].map((match) => match[1]).join(''));

/** The files of a ZIP archive by name, read by its directory. */
function unpacked(bytes) {
  const files = {};
  let at = bytes.readUInt32LE(bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1') + 16);
  while (bytes.readUInt32LE(at) === 0x02014b50) {
    const [packed, name, extra, note, start] = [bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32), bytes.readUInt32LE(at + 42)];
    const body = start + 30 + bytes.readUInt16LE(start + 26) + bytes.readUInt16LE(start + 28);
    const part = bytes.subarray(body, body + packed);
    files[bytes.toString('utf8', at + 46, at + 46 + name)] = bytes.readUInt16LE(at + 10) === 0 ? part : inflateRawSync(part);
    at += 46 + name + extra + note;
  }
  return files;
}

/** The sheets of a workbook by name: rows of texts, numbers and `undefined` where a cell is empty. Formulas give the value that was kept. */
export function sheets(bytes) {
  const files = unpacked(bytes);
  const read = (name) => files[name]?.toString('utf8') ?? '';
  const shared = [...read('xl/sharedStrings.xml').matchAll(/<si>([\s\S]*?)<\/si>/g)].map((match) => words(match[1]));
  const targets = new Map([...read('xl/_rels/workbook.xml.rels').matchAll(/<Relationship [^>]*>/g)].map(([tag]) => [/Id="([^"]*)"/.exec(tag)[1], /Target="\/?(?:xl\/)?([^"]*)"/.exec(tag)[1]]));
  return Object.fromEntries([...read('xl/workbook.xml').matchAll(/<sheet [^>]*>/g)].map(([tag]) => {
    const xml = read(`xl/${targets.get(/r:id="([^"]*)"/.exec(tag)[1])}`);
    const rows = [...xml.matchAll(/<row [^>]*?(?:\/>|>([\s\S]*?)<\/row>)/g)].map(([, row]) => {
      const cells = [];
      for (const [, head, body] of (row ?? '').matchAll(/<c ([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g)) {
        const letters = /r="([A-Z]+)/.exec(head)[1];
        const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
        const kind = /t="(\w+)"/.exec(head)?.[1];
        const value = /<v>([^<]*)<\/v>/.exec(body ?? '')?.[1];
        cells[column] = kind === 'inlineStr' ? words(body) : value === undefined ? undefined : kind === 's' ? shared[Number(value)] : kind === 'str' ? plain(value) : Number(value);
      }
      return cells;
    });
    return [plain(/name="([^"]*)"/.exec(tag)[1]), rows];
  }));
}
