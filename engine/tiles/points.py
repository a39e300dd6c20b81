#!/usr/bin/env python3
"""Writes the Winograd transforms of engine/cpu/simd, `Points5` and so on: flat methods, one for each length, in which
pairs of points ±p share what they have in common. Run from the repository root after changing a point, then
`mvn formatter:format`; the result is committed.
"""
OUT = "engine/src/main/java/dev/sextant/engine/cpu/simd"
ARGS = "float[] x, int xo, int xStep, int xLine, float[] y, int yo, int yStep, int yLine,\n            int lines"
PASS = "x, xo, xStep, xLine, y, yo, yStep, yLine, lines"
NAMES = "ABC"


def signed(i, step):
    return f" + {i} * {step}" if i > 1 else f" + {step}" if i else ""


class Points:
    """`zero` and pairs of points (magnitudes), and infinity; lengths of tiles of gradients, filters and results."""

    def __init__(self, zero, pairs, evaluate, filters, gather, doc):
        self.zero, self.pairs, self.doc = zero, pairs, doc
        self.lengths = {"evaluate": evaluate, "filter": filters, "gather": gather}
        self.p = len(pairs)
        self.count = 2 * self.p + zero + 1

    def constant(self, name, value):
        return f"        FloatVector {name} = FloatVector.broadcast(S, {value});\n"

    def loads(self, n):
        o = "        for (int i = 0; i < lines; i++) {\n            int from = xo + i * xLine;\n            int to = yo + i * yLine;\n"
        for i in range(n):
            o += f"            FloatVector x{i} = FloatVector.fromArray(S, x, from{signed(i, 'xStep')});\n"
        return o

    def put(self, value, i):
        return f"            {value}.intoArray(y, to{signed(i, 'yStep')});\n"

    def symmetric(self, names):
        """Coefficients of the product of (x² − p²), lowest power first, without the leading 1."""
        n = len(names)
        if n == 0: return []
        if n == 1: return [f"-{names[0]}2"]
        if n == 2: return [f"{names[0]}2 * {names[1]}2", f"-({names[0]}2 + {names[1]}2)"]
        a, b, c = (f"{q}2" for q in names)
        return [f"-{a} * {b} * {c}", f"{a} * {b} + {a} * {c} + {b} * {c}", f"-({a} + {b} + {c})"]

    def horner(self, coefficients, first):
        """Σ of coefficients times every second input from `first` on, and the last of those with 1."""
        o = f"x{first + 2 * len(coefficients)}"
        for k in reversed(range(len(coefficients))):
            o = f"x{first + 2 * k}.fma({coefficients[k]}, {o})"
        return o

    def interpolate(self):
        names = NAMES[:self.p]
        o = f"    @Override\n    void interpolate({ARGS}) {{\n"
        for q in names:
            o += self.constant(q.lower(), q) + self.constant("minus" + q, "-" + q)
        def product(of, prefix):
            vs = []
            for k, value in enumerate(self.symmetric(of)):
                vs.append(f"{prefix}{2 * k}")
                nonlocal o
                o += self.constant(f"{prefix}{2 * k}", value)
            return vs
        without = {q: product([r for r in names if r != q], "without" + q) for q in names}
        whole = product(list(names), "all")
        o += self.loads(self.count)
        at = 0
        if self.zero:
            o += self.put(self.horner(whole, 0), 0)
            at = 1
        for k, q in enumerate(names):
            declare = "FloatVector " if k == 0 else ""
            even, odd = (2, 1) if self.zero else (1, 0)
            o += f"            {declare}even = {self.horner(without[q], even)};\n"
            o += f"            {declare}odd = {self.horner(without[q], odd)};\n"
            o += self.put(f"odd.fma({q.lower()}, even)", at) + self.put(f"odd.fma(minus{q}, even)", at + 1)
            at += 2
        o += self.put(self.horner(whole, 1 if self.zero else 0), at)
        return o + "        }\n    }\n"

    def dispatch(self, what, noun):
        lengths = self.lengths[what]
        o = f"\n    @Override\n    void {what}(int k, {ARGS}) {{\n        switch (k) {{\n"
        for k in lengths:
            o += f"            case {k} -> {what}{k}({PASS});\n"
        return o + f'            default -> throw new IllegalStateException("{self.count} points: no {noun} of " + k);\n        }}\n    }}\n'

    def head(self, what, k):
        return f"\n    private static void {what}{k}({ARGS}) {{\n"

    def power(self, q, i):
        """The i-th power of the constant q."""
        return {0: "1", 1: q, 2: f"{q}2", 3: f"{q}2 * {q}", 4: f"{q}2 * {q}2", 5: f"{q}2 * {q}2 * {q}"}[i]

    def evaluate(self, k):
        names = NAMES[:self.p]
        o = self.head("evaluate", k)
        for q in names:
            o += self.constant(q.lower(), q) + self.constant("minus" + q, "-" + q)
        for q in names:
            if k > 2: o += self.constant(f"{q.lower()}2", f"{q}2")
        o += self.loads(k)
        at = 0
        if self.zero:
            o += self.put("x0", 0)
            at = 1
        for n, q in enumerate(names):
            declare = "FloatVector " if n == 0 else ""
            def poly(first):
                powers = list(range(first, k, 2))
                e = f"x{powers[-1]}"
                for i in reversed(powers[:-1]): e = f"{e}.fma({q.lower()}2, x{i})"
                return e
            even, odd = poly(0), poly(1)
            if k > 2:
                o += f"            {declare}even = {even};\n"
                even = "even"
            if k > 3:
                o += f"            {declare}odd = {odd};\n"
                odd = "odd"
            o += self.put(f"{odd}.fma({q.lower()}, {even})", at) + self.put(f"{odd}.fma(minus{q}, {even})", at + 1)
            at += 2
        return o + self.put(f"x{k - 1}", at) + "        }\n    }\n"

    def filter(self, k):
        names = NAMES[:self.p]
        o = self.head("filter", k)
        if self.zero:
            product = " * ".join(f"{q}2" for q in names)
            o += self.constant("zero", f"{'-' if self.p % 2 else ''}1 / ({product})")
        for q in names:
            lead = f"{q}2" if self.zero else q
            scale = f"(2 * {lead}" + "".join(f" * ({q}2 - {r}2)" for r in names if r != q) + ")"
            for i in range(k):
                o += self.constant(f"{q.lower()}{i}", f"{self.power(q, i)} / {scale}")
        o += self.loads(k)
        at = 0
        if self.zero:
            o += self.put("x0.mul(zero)", 0)
            at = 1
        for n, q in enumerate(names):
            declare = "FloatVector " if n == 0 else ""
            def poly(first):
                e = f"x{first}.mul({q.lower()}{first})"
                for i in range(first + 2, k, 2): e = f"x{i}.fma({q.lower()}{i}, {e})"
                return e
            o += f"            {declare}even = {poly(0)};\n            {declare}odd = {poly(1)};\n"
            o += self.put("even.add(odd)", at) + self.put("even.sub(odd)" if self.zero else "odd.sub(even)", at + 1)
            at += 2
        return o + self.put(f"x{k - 1}", at) + "        }\n    }\n"

    def gather(self, k):
        names = NAMES[:self.p]
        o = self.head("gather", k)
        for i in range(1, k):
            for q in names: o += self.constant(f"{q.lower()}{i if i > 1 else ''}", self.power(q, i))
        o += self.loads(self.count)
        for n, q in enumerate(names):
            at = 2 * n + self.zero
            o += f"            FloatVector sum{q} = x{at}.add(x{at + 1});\n"
        for n, q in enumerate(names):
            at = 2 * n + self.zero
            o += f"            FloatVector difference{q} = x{at}.sub(x{at + 1});\n"
        for i in range(k):
            part = "difference" if i % 2 else "sum"
            last = f"x{self.count - 1}" if i == k - 1 else None
            if i == 0:
                e = ("x0" if self.zero else "sumA") + "".join(f".add(sum{q})" for q in names[0 if self.zero else 1:])
            else:
                e = last
                for q in reversed(names):
                    c = f"{q.lower()}{i if i > 1 else ''}"
                    e = f"{part}{q}.fma({c}, {e})" if e else f"{part}{q}.mul({c})"
            o += self.put(e, i)
        return o + "        }\n    }\n"

    def source(self):
        finite = (["0"] if self.zero else []) + [f"{s}{q}" for q in NAMES[:self.p] for s in ("", "-")]
        o = f"""package dev.sextant.engine.cpu.simd;

import static dev.sextant.engine.cpu.simd.VectorWidth.S;

import jdk.incubator.vector.FloatVector;

/// {self.doc}
final class Points{self.count} extends Points {{
"""
        for q, v in zip(NAMES, self.pairs): o += f"    private static final float {q} = {v}f;\n"
        for q in NAMES[:self.p]: o += f"    private static final float {q}2 = {q} * {q};\n"
        o += f"\n    Points{self.count}() {{\n        super({', '.join(finite)});\n    }}\n\n"
        o += self.interpolate()
        o += self.dispatch("evaluate", "tiles") + self.dispatch("filter", "filters") + self.dispatch("gather", "tiles")
        for what in ("evaluate", "filter", "gather"):
            for k in self.lengths[what]: o += getattr(self, what)(k)
        return o + "}\n"


ALL = [
    Points(0, [0.5, 1.25], [3], [3], [3], "The points ±1/2, ±5/4 and infinity, for `F(3, 3)`."),
    Points(1, [0.65625, 1.5], [4], [3], [3, 4], "The points 0, ±21/32, ±3/2 and infinity, for `F(4, 3)`."),
    Points(0, [0.3125, 0.875, 1.625], [3], [5], [3, 5], "The points ±5/16, ±7/8, ±13/8 and infinity, for `F(3, 5)`."),
]

if __name__ == "__main__":
    for points in ALL:
        with open(f"{OUT}/Points{points.count}.java", "w") as f:
            f.write(points.source())
