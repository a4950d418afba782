"use strict";
// Lists, filters and sorts the pairs that stand packed in this page. Text is only ever written as text.
(async () => {
  const byId = id => document.getElementById(id);
  const PAGE = 50;

  const bytesOf = element => {
    const text = atob(element.textContent);
    element.textContent = "";
    const bytes = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
    return bytes;
  };
  const unpacked = async element => {
    const stream = new Blob([bytesOf(element)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  };
  const all = selector => [...document.querySelectorAll(selector)];
  const make = (tag, text, kind) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (kind) element.className = kind;
    return element;
  };
  const figures = new Intl.NumberFormat("en-US");
  const number = value => figures.format(value);

  // What is closed is opened when somebody comes for it by its address.
  const open = () => {
    const target = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") target.open = true;
  };
  addEventListener("hashchange", open);
  addEventListener("beforeprint", () => all("details.finding").forEach(it => { it.open = true; }));
  open();

  if (typeof DecompressionStream !== "function") return;
  const [words, ...blocks] = await Promise.all([...all("script.words"), ...all("script.pairs")].map(unpacked));
  const known = JSON.parse(new TextDecoder().decode(words));

  // The columns of all blocks, as `packed.rs` wrote them: numbers as LEB128.
  let at = 0;
  // A block has at most 2,048 pairs, each with at most 26 counts.
  const scratch = new Float64Array(1 << 16);
  const read = (bytes, count) => {
    let from = at;
    for (let place = 0; place < count; place++) {
      let byte = bytes[from++], value = byte & 0x7f;
      for (let scale = 0x80; byte >= 0x80; scale *= 0x80) {
        byte = bytes[from++];
        value += (byte & 0x7f) * scale;
      }
      scratch[place] = value;
    }
    at = from;
    return scratch.subarray(0, count);
  };
  const readOne = bytes => read(bytes, 1)[0];
  const sizes = blocks.map(bytes => { at = 0; return [readOne(bytes), at]; });
  const total = sizes.reduce((sum, [size]) => sum + size, 0);
  const column = () => new Uint32Array(total);
  const origin = column(), name = column(), flags = new Uint8Array(total), aaaa = new Uint16Array(total),
    a = new Uint16Array(total), counted = column(), first = column(), last = column(), change = column(),
    turn = new Uint8Array(total), embedded = new Float64Array(total), queries = new Float64Array(total);
  const ones = value => { let count = 0; for (; value; value &= value - 1) count++; return count; };
  // Differences from one pair to the next, their sign in the lowest bit.
  const summed = (target, start, end) => {
    for (let pair = start, sum = 0; pair < end; pair++) {
      const value = target[pair];
      target[pair] = sum += value % 2 ? -(value + 1) / 2 : value / 2;
    }
  };
  const countLists = [];
  let start = 0, length = 0;
  blocks.forEach((bytes, place) => {
    const [size, from] = sizes[place];
    at = from;
    const end = start + size;
    for (const target of [origin, name, flags, aaaa, a]) target.set(read(bytes, size), start);
    summed(origin, start, end);
    summed(name, start, end);
    const before = length;
    for (let pair = start; pair < end; pair++) {
      counted[pair] = length;
      length += ones(aaaa[pair]) + ones(a[pair]);
    }
    const list = read(bytes, length - before).slice();
    for (let pair = start; pair < end; pair++) {
      const until = pair + 1 < end ? counted[pair + 1] : length;
      for (let count = counted[pair]; count < until; count++) queries[pair] += list[count - before];
    }
    countLists.push(list);
    first.set(read(bytes, size), start);
    last.set(read(bytes, size), start);
    for (let pair = start; pair < end; pair++) last[pair] += first[pair];
    change.set(read(bytes, size), start);
    for (let pair = start; pair < end; pair++) if (change[pair]) turn[pair] = readOne(bytes);
    embedded.set(read(bytes, size), start);
    start = end;
  });
  const counts = new Float64Array(length);
  countLists.reduce((place, list) => { counts.set(list, place); return place + list.length; }, 0);
  const status = pair => flags[pair] & 15;

  // What the filter looks in, once for each origin and each name.
  const originText = known.origins.map(it => it
    ? [it.id, it.label, it.vpc, it.region, it.account, ...it.addresses].join("\n").toLowerCase() : "");
  const nameText = known.names.map((text, place) => `${text}\n${known.services[known.service_of[place]]}`.toLowerCase());

  const chosen = new Set();
  let sorting = { key: "", descending: false }, order, sorted, found = new Uint32Array(total), count = 0, page = 0, range = null;
  const noise = byId("noise");

  const orders = {
    status: (one, other) => status(one) - status(other) || queries[other] - queries[one] || one - other,
    origin: (one, other) => origin[one] - origin[other] || name[one] - name[other],
    name: (one, other) => name[one] - name[other] || origin[one] - origin[other],
    count: (one, other) => queries[one] - queries[other] || one - other,
    first: (one, other) => first[one] - first[other] || one - other,
    last: (one, other) => last[one] - last[other] || one - other,
  };
  const sort = (key, descending) => {
    sorting = { key, descending };
    order = Uint32Array.from({ length: total }, (_, place) => place).sort(orders[key]);
    if (descending) order.reverse();
    // What the filter looks at, in the order of the list: it goes through all of it at each key.
    const inOrder = values => order.map(pair => values[pair]);
    sorted = { origin: inOrder(origin), name: inOrder(name), flags: inOrder(flags), first: inOrder(first), last: inOrder(last) };
    all("#list th[data-sort]").forEach(head => {
      if (head.dataset.sort === key) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  };

  // Of each word, which origins and which names have it.
  const tested = new Map();
  const test = word => {
    if (!tested.has(word)) {
      if (tested.size > 50) tested.clear();
      const has = text => (text.includes(word) ? 1 : 0);
      tested.set(word, { origins: Uint8Array.from(originText, has), names: Uint8Array.from(nameText, has) });
    }
    return tested.get(word);
  };

  const sift = () => {
    const asked = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    const tests = asked.map(word => {
      const out = word.length > 1 && word[0] === "-" ? 1 : 0;
      return { out, ...test(out ? word.slice(1) : word) };
    });
    const leftOut = noise !== null && noise.checked ? 0 : 16;
    const byStatus = new Uint32Array(16), shown = new Uint8Array(16);
    known.statuses.forEach((_, its) => { shown[its] = chosen.size === 0 || chosen.has(its) ? 1 : 0; });
    const { origin, name, flags, first, last } = sorted;
    const [low, high] = range || [0, Infinity];
    let kept = 0;
    next: for (let place = 0; place < total; place++) {
      const flag = flags[place];
      if (flag & leftOut) continue;
      if (first[place] > high || last[place] < low) continue;
      for (let at = 0; at < tests.length; at++) {
        const { out, origins, names } = tests[at];
        if ((origins[origin[place]] | names[name[place]]) === out) continue next;
      }
      byStatus[flag & 15]++;
      if (shown[flag & 15]) found[kept++] = order[place];
    }
    count = kept;
    page = 0;
    all("#chosen button").forEach(button => {
      button.querySelector(".count").textContent = number(byStatus[button.dataset.status]);
    });
    draw();
  };

  const moment = seconds => new Date((known.base + seconds) * 1000).toISOString().slice(0, 19).replace("T", " ");
  // The day is said where there are several.
  let ends = [Infinity, 0];
  for (let pair = 0; pair < total; pair++) ends = [Math.min(ends[0], first[pair]), Math.max(ends[1], last[pair])];
  const isOneDay = total > 0 && moment(ends[0]).slice(0, 10) === moment(ends[1]).slice(0, 10);
  const time = seconds => moment(seconds).slice(isOneDay ? 11 : 0);
  const verdicts = (bits, from, words) => {
    const parts = [];
    for (let verdict = 0; verdict < words.length; verdict++) {
      if (bits >> verdict & 1) parts.push(`${words[verdict]} ×${number(counts[from++])}`);
    }
    return parts.join("\n");
  };
  const dotted = bits => [24, 16, 8, 0].map(shift => bits >>> shift & 255).join(".");
  const remarks = pair => {
    const parts = [];
    if (embedded[pair]) parts.push(`→ ${dotted(embedded[pair] - 1)}`);
    else if (status(pair) === 0 && known.ipv4[name[pair]]) parts.push(known.ipv4[name[pair]]);
    if (flags[pair] & 128) parts.push("with nothing but a CNAME");
    if (change[pair]) {
      parts.push(`turned from ${known.aaaa[turn[pair] >> 4]} to ${known.aaaa[turn[pair] & 15]} at ${time(change[pair] - 1)}`);
    }
    if (flags[pair] & 32) parts.push("flapping");
    if (flags[pair] & 64) parts.push("judged by a part of the answer");
    return parts.join("; ");
  };
  const cell = (head, text, kind) => {
    const element = make("td", text, kind);
    if (head && text) element.dataset.head = head;
    return element;
  };
  const row = pair => {
    const line = make("tr"), its = known.statuses[status(pair)], who = known.origins[origin[pair]];
    const sign = cell("", undefined, `status s-${its[0]}`), glyph = make("span", its[2]);
    glyph.setAttribute("aria-hidden", "true");
    sign.append(glyph, its[1]);
    const asker = cell("");
    if (who.label) asker.append(`${who.label} `);
    asker.append(make("span", who.id, "id"));
    if (who.vpc) asker.append(make("small", who.vpc));
    const asked = cell("", known.names[name[pair]], "name");
    const service = known.services[known.service_of[name[pair]]];
    if (service) asked.append(make("small", service));
    const notes = cell("", remarks(pair));
    (known.findings[name[pair]] || []).slice(0, 1).forEach(anchor => {
      const link = make("a", "what to do");
      link.href = `#${encodeURIComponent(anchor)}`;
      if (notes.textContent) notes.append("; ");
      notes.append(link);
    });
    line.append(sign, asker, asked,
      cell("AAAA", verdicts(aaaa[pair], counted[pair], known.aaaa), "verdicts"),
      cell("A", verdicts(a[pair], counted[pair] + ones(aaaa[pair]), known.a), "verdicts"),
      cell("first", time(first[pair]), "time"), cell("last", time(last[pair]), "time"), notes);
    return line;
  };

  const pager = byId("pager"), pages = make("span");
  const turnTo = to => { page = to; draw(); byId("pairs").scrollIntoView(); };
  const steps = [["« first", () => 0], ["‹ before", () => page - 1], ["next ›", () => page + 1], ["last »", () => pageCount() - 1]]
    .map(([text, to]) => {
      const button = make("button", text);
      button.type = "button";
      button.addEventListener("click", () => turnTo(to()));
      return button;
    });
  pager.append(steps[0], steps[1], pages, steps[2], steps[3]);
  const pageCount = () => Math.max(1, Math.ceil(count / PAGE));
  const draw = () => {
    const rows = [];
    for (let place = page * PAGE; place < Math.min(count, (page + 1) * PAGE); place++) rows.push(row(found[place]));
    byId("list").tBodies[0].replaceChildren(...rows);
    const narrowed = range ? " Seen in the chosen time; their status is that of the whole log." : "";
    byId("found").textContent = `${number(count)} of ${number(total)} pairs.${narrowed}`;
    pages.textContent = `page ${number(page + 1)} of ${number(pageCount())}`;
    steps[0].disabled = steps[1].disabled = page === 0;
    steps[2].disabled = steps[3].disabled = page + 1 >= pageCount();
    pager.hidden = pageCount() === 1;
  };

  // Narrowing to a stretch of time, by the chart or by its two sliders.
  const chart = byId("chart"), from = byId("range-from"), until = byId("range-until");
  const narrow = () => {
    const [low, high] = [from, until].map(input => Number(input.value)).sort((one, other) => one - other);
    const begin = Number(chart.dataset.from), width = Number(chart.dataset.width), drawn = Number(chart.dataset.steps);
    const whole = low === 0 && high === drawn - 1;
    range = whole ? null
      : [begin + low * width, begin + (high + 1) * width - 1].map(millis => Math.floor(millis / 1000) - known.base);
    chart.querySelectorAll(".veil, .chosen").forEach(it => it.remove());
    const box = (x, wide, kind) => {
      const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      Object.entries({ x: x * 10, y: 0, width: wide * 10, height: "100%", class: kind })
        .forEach(([key, value]) => rect.setAttribute(key, value));
      chart.append(rect);
    };
    if (range) {
      box(0, low, "veil");
      box(high + 1, drawn - high - 1, "veil");
      box(low, high - low + 1, "chosen");
    }
    byId("range-words").textContent = range ? `${time(range[0])} to ${time(range[1])} UTC` : "all of it";
    let hidden = 0;
    all(".finding[data-first]").forEach(it => {
      it.hidden = range !== null && (Number(it.dataset.first) / 1000 - known.base > range[1]
        || Number(it.dataset.last) / 1000 - known.base < range[0]);
      hidden += it.hidden;
    });
    byId("findings-hidden").hidden = hidden === 0;
    byId("findings-hidden").textContent = `Not shown: ${number(hidden)} of which nothing was seen in the chosen time.`;
    sift();
  };
  if (chart) {
    const placeOf = event => {
      const box = chart.getBoundingClientRect();
      const place = Math.floor((event.clientX - box.left) / box.width * Number(chart.dataset.steps));
      return Math.min(Math.max(place, 0), Number(chart.dataset.steps) - 1);
    };
    let began = null;
    chart.addEventListener("pointerdown", event => {
      began = placeOf(event);
      chart.setPointerCapture(event.pointerId);
    });
    chart.addEventListener("pointermove", event => {
      if (began === null) return;
      [from.value, until.value] = [began, placeOf(event)].sort((one, other) => one - other);
      narrow();
    });
    chart.addEventListener("pointerup", () => { began = null; });
    [from, until].forEach(input => input.addEventListener("input", narrow));
    byId("range-all").addEventListener("click", () => {
      from.value = 0;
      until.value = Number(chart.dataset.steps) - 1;
      narrow();
    });
    byId("range").addEventListener("submit", event => event.preventDefault());
    byId("range-words").textContent = "all of it; drag over the chart to narrow";
  }

  const present = new Uint32Array(known.statuses.length);
  for (let pair = 0; pair < total; pair++) present[status(pair)]++;
  known.statuses.forEach((its, place) => {
    if (present[place] === 0) return;
    const button = make("button", undefined, `s-${its[0]}`);
    button.type = "button";
    button.dataset.status = place;
    button.setAttribute("aria-pressed", "false");
    button.append(`${its[2]}${its[1]}`, make("span", "", "count"));
    button.addEventListener("click", () => {
      if (!chosen.delete(place)) chosen.add(place);
      button.setAttribute("aria-pressed", String(chosen.has(place)));
      sift();
    });
    byId("chosen").append(button);
  });
  all("#list th[data-sort]").forEach(head => {
    const button = make("button", head.textContent);
    button.type = "button";
    button.addEventListener("click", () => {
      const key = head.dataset.sort;
      sort(key, sorting.key === key ? !sorting.descending : ["count", "last"].includes(key));
      sift();
    });
    head.dataset.head = head.textContent;
    head.replaceChildren(button);
  });
  byId("filter").addEventListener("input", sift);
  if (noise) noise.addEventListener("change", sift);
  byId("controls").addEventListener("submit", event => event.preventDefault());
  all("button.narrow").forEach(button => button.addEventListener("click", () => {
    byId("filter").value = button.dataset.name;
    sift();
    byId("pairs").scrollIntoView();
    byId("filter").focus({ preventScroll: true });
  }));
  sort("status", false);
  sift();
  all(".script").forEach(it => { if (it !== pager) it.hidden = false; });
  byId("pairs-static").hidden = true;
  document.documentElement.dataset.ready = "true";
})();
