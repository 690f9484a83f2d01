#!/usr/bin/env python3
"""Evaluates programmes by brute force, independently of the program, and compares.

    golden.py facts.json evaluations.json programmes_folder

`facts.json` is what `phusong programme evaluate --facts` reads, `evaluations.json` a list of its answers. Every reading of every
class A indicator is counted again here with plain loops (own point-in-polygon, own sharing, own trajectories). Exit 1 names each difference.
Python 3.11 or later, standard library only.
"""
import datetime
import json
import pathlib
import sys
import tomllib


def in_ring(x, y, ring):
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:]):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def point(p):
    return (p["x"], p["y"]) if isinstance(p, dict) else (p[0], p[1])


def in_area(site, area):
    x, y = site["position"]["lon_deg"], site["position"]["lat_deg"]
    for polygon in area["geometry"]:
        rings = [[point(p) for p in polygon["exterior"]]] + [[point(p) for p in ring] for ring in polygon["interiors"]]
        if in_ring(x, y, rings[0]) and not any(in_ring(x, y, hole) for hole in rings[1:]):
            return True
    return False


def within(facts, communes):
    """What lies in some communes, by stated commune or else by position."""
    areas = [a for a in facts["communes"] if a["code"] in communes]
    inside = lambda one: one["commune_code"] in communes if one.get("commune_code") else any(in_area(one, a) for a in areas)
    sites = [s for s in facts["network"]["sites"] if inside(s)]
    codes = {s["code"] for s in sites}
    places = [p for p in facts["places"] if inside(p)]
    kept = {p["code"] for p in places}
    coverage = facts["coverage"]
    return {
        "network": {"sites": sites, "stations": [s for s in facts["network"]["stations"] if s["site_code"] in codes]},
        "communes": areas, "zones": facts["zones"], "places": places,
        "coverage": {
            "places": [r for r in coverage["places"] if r["place_code"] in kept],
            "areas": [r for r in coverage["areas"] if r["area_code"] in communes],
        },
    }


class Oracle:
    """Facts on a day; with `communes` only what lies in them."""

    def __init__(self, facts, today, communes=None):
        self.today = today
        if communes is not None:
            facts = within(facts, communes)
        self.stations = [s for s in facts["network"]["stations"] if s.get("status", "on_air") == "on_air"]
        self.sites = {s["code"]: s for s in facts["network"]["sites"]}
        self.all_zones = [z for z in facts["zones"] if z["kind"] in ("economic_zone", "industrial_park", "industrial_cluster")]
        self.zones = [z for z in self.all_zones if self.exists(z)]
        self.places = facts["places"]
        on_day = lambda a: (a.get("valid_from") or "0001-01-01") <= today < (a.get("valid_to") or "9999-12-31")
        self.communes = [a["code"] for a in facts["communes"] if a["kind"] == "commune" and on_day(a)]
        self.coverage = facts.get("coverage")

    def exists(self, zone):
        planned = "plan" in (zone.get("status") or "").lower()
        return not planned and (zone.get("valid_from") or "0001-01-01") <= self.today < (zone.get("valid_to") or "9999-12-31")

    def operators_at(self, site):
        return sorted({s["operator"] for s in self.stations if s["site_code"] == site})

    def served(self, technologies):
        rows = self.coverage["places"]
        return {r["place_code"] for r in rows if r["served"] and r.get("operator") is None and r["technology"] in technologies}

    def ran(self):
        return {r["technology"] for r in self.coverage["places"] + self.coverage["areas"]}

    # One method a formula, named as in the TOML; each answers the value, or None where nothing can be counted.
    def station_count(self, technologies, in_zones=False):
        stations = [s for s in self.stations if s["technology"] in technologies]
        if in_zones:
            stations = [s for s in stations if any(in_area(self.sites[s["site_code"]], z) for z in self.zones)]
        return len(stations)

    def station_ratio(self, technology, of):
        count = lambda wanted: sum(1 for s in self.stations if s["technology"] == wanted)
        return 100 * count(technology) / count(of)

    def station_share(self, technologies, of, in_zones=False):
        return 100 * self.station_count(technologies, in_zones) / self.station_count(of)

    def zone_count(self, kinds):
        return sum(1 for z in self.zones if z["kind"] in kinds)

    def zone_area(self, kinds, nested, include_planned=False):
        zones = [z for z in (self.all_zones if include_planned else self.zones) if z["kind"] in kinds]
        if nested == "inside":
            zones = [z for z in zones if z.get("parent_code")]
        if nested == "outside":
            zones = [z for z in zones if not z.get("parent_code")]
        return sum(z["area_ha"] for z in zones)

    def zones_with_station(self, technology, kinds):
        zones = [z for z in self.zones if z["kind"] in kinds]
        sites = {s["site_code"] for s in self.stations if s["technology"] == technology}
        return 100 * sum(1 for z in zones if any(in_area(self.sites[c], z) for c in sites)) / len(zones)

    def places_served(self, place, technologies, electrified_only=False):
        places = [p["code"] for p in self.places if p["kind"] == place and (not electrified_only or p.get("electrified") is True)]
        served = self.served(technologies)
        return 100 * sum(1 for p in places if p in served) / len(places)

    def population_covered(self, technologies):
        usable = [t for t in technologies if t in self.ran()]
        rows = [r for r in self.coverage["areas"] if r.get("operator") is None and r["technology"] == usable[0] and r["area_code"] in self.communes]
        return 100 * sum(r["covered_people"] for r in rows) / sum(r["people"] for r in rows)

    def mean_throughput(self, technologies):
        best = {}
        for r in self.coverage["places"]:
            if r["served"] and r.get("operator") is None and r["technology"] in technologies and r.get("throughput_mbps") is not None:
                best[r["place_code"]] = max(best.get(r["place_code"], 0), r["throughput_mbps"])
        pairs = [(p.get("population", 1), best[p["code"]]) for p in self.places if p["kind"] == "village" and p["code"] in best]
        return sum(w * v for w, v in pairs) / sum(w for w, _ in pairs) if pairs else None

    def sharing(self, by):
        sites = sorted({s["site_code"] for s in self.stations})
        shared = [c for c in sites if len(self.operators_at(c)) >= 2]
        if by == "location":
            return 100 * len(shared) / len(sites)
        at_shared = [s for s in self.stations if s["site_code"] in set(shared)]
        if by == "station":
            return 100 * len(at_shared) / len(self.stations)
        hosted = 0
        for code in shared:
            operators, owner = self.operators_at(code), self.sites[code]["owner"]
            host = owner if owner in operators else operators[0]
            hosted += sum(1 for s in at_shared if s["site_code"] == code and s["operator"] != host)
        return 100 * hosted / len(self.stations)

    def switch_off(self, technologies, count):
        if count == "locations":
            sites = {s["site_code"] for s in self.stations}
            return len(sites - {s["site_code"] for s in self.stations if s["technology"] not in technologies})
        going = [t for t in technologies if t in self.ran()]
        if not going:
            return None
        lost = self.served(going) - self.served(self.ran() - set(technologies))
        return sum(1 for p in self.places if p["kind"] == "village" and p["code"] in lost)


def standing(value, goal, by, baseline, at_most, today):
    if value is None:
        return "not_computable"
    if goal is None:
        return "no_target"
    good = (lambda wanted: value <= wanted + 1e-9) if at_most else (lambda wanted: value >= wanted - 1e-9)
    if good(goal):
        return "met"
    day = datetime.date.fromisoformat
    if by and day(today) > day(by):
        return "late"
    if by and baseline and day(baseline["date"]) < day(by):
        gone = (day(today) - day(baseline["date"])).days / (day(by) - day(baseline["date"])).days
        expected = baseline["value"] + min(1, max(0, gone)) * (goal - baseline["value"])
        return "on_track" if good(expected) else "at_risk"
    return "at_risk"


def goal_of(indicator, today):
    dated = [t for t in indicator.get("targets", []) if "by" in t]
    target = next((t for t in dated if today <= t["by"]), dated[-1] if dated else next(iter(indicator.get("targets", [])), None))
    if not target:
        return None, None
    value = target.get("value")
    if value is None and indicator.get("baseline"):
        value = target["times_baseline"] * indicator["baseline"]["value"]
    return value, target.get("by")


def compare(programme, evaluation, oracle, inner=None):
    seen, wrong = 0, []
    for indicator, result in zip(programme["indicators"], evaluation["indicators"], strict=True):
        name = f"{programme['key']}.{indicator['id']}"
        used = None
        for reading, answer in zip(indicator.get("readings", []), result["readings"], strict=True):
            formula = dict(reading["formula"])
            expected = getattr(oracle, formula.pop("measure"))(**formula)
            got = answer["figure"]["value"] if answer["figure"] else None
            seen += 1
            if (expected is None) != (got is None) or (got is not None and abs(got - expected) > 1e-9 * max(1, abs(expected))):
                wrong.append(f"{name}.{reading['id']}: {got} but brute force {expected}")
            if inner and got is not None:
                other = getattr(inner, reading["formula"]["measure"])(**formula)
                low, high = min(expected, other), max(expected, other)
                found = answer["figure"]["range"]
                if not found or abs(found[0] - low) > 1e-9 or abs(found[1] - high) > 1e-9:
                    wrong.append(f"{name}.{reading['id']}: range {found} but brute force {[low, high]}")
            if reading.get("used"):
                used = expected
        value = used if indicator["class"] == "A" else None
        goal, by = goal_of(indicator, oracle.today)
        status = standing(value, goal, by, indicator.get("baseline"), indicator.get("direction") == "at_most", oracle.today)
        if status != result["status"]:
            wrong.append(f"{name}: status {result['status']} but brute force {status}")
    return seen, wrong


def main():
    facts_file, evaluations_file, folder = map(pathlib.Path, sys.argv[1:4])
    facts = json.loads(facts_file.read_text(encoding="utf-8"))
    seen, wrong = 0, []
    for evaluation in json.loads(evaluations_file.read_text(encoding="utf-8")):
        programme = tomllib.loads((folder / f"{evaluation['programme']}.toml").read_text(encoding="utf-8"))
        rows = [r for r in facts.get("crosswalk", []) if r["programme"] == programme["key"]]
        if rows and "area_vi" in programme["document"]:
            outer = {r["to_code"] for r in rows}
            partly = {r["to_code"] for r in rows if not r["exact"]}
            oracle, inner = Oracle(facts, evaluation["today"], outer), Oracle(facts, evaluation["today"], outer - partly)
        else:
            oracle, inner = Oracle(facts, evaluation["today"]), None
        count, differences = compare(programme, evaluation, oracle, inner if rows and inner and outer != outer - partly else None)
        seen += count
        wrong += differences
    print(f"{seen} readings counted again, {len(wrong)} differences")
    print("\n".join(wrong))
    sys.exit(1 if wrong or not seen else 0)


main()
