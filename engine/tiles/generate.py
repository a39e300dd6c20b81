#!/usr/bin/env python3
"""Writes the register tiles of engine/cpu/simd: flat methods whose accumulators are all named locals, which is the only
form that the compiler keeps in registers. Run from the repository root after changing a shape, then `mvn formatter:format`;
the result is committed.
"""
OUT = "engine/src/main/java/dev/sextant/engine/cpu/simd"
TEST = "engine/src/test/java/dev/sextant/engine/cpu/simd"

def term(i,stride):
    return f" + {i} * {stride}" if i>1 else f" + {stride}" if i else ""

def store(names,place):
    """Adds the accumulators to the result or overwrites it. Two branches rather than one that only adds: with it, the
    compiler keeps some accumulators on the stack during the loop."""
    o="        if (add) {\n"
    for i,row in enumerate(names):
        for j,acc in enumerate(row):
            array,at=place(i,j)
            o+=f"            FloatVector.fromArray(S, {array}, {at}).add({acc}).intoArray({array}, {at});\n"
    o+="        } else {\n"
    for i,row in enumerate(names):
        for j,acc in enumerate(row):
            array,at=place(i,j)
            o+=f"            {acc}.intoArray({array}, {at});\n"
    return o+"        }\n"

def packed_tile(isa,lanes,MR,NR,folder=OUT):
    NV=NR//lanes
    name=f"{isa}Tile{MR}x{NR}"
    o=f"""package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// {MR} rows by {NV} vector{'s' if NV>1 else ''} of {lanes} columns: {MR*NV} accumulators, {NV} columns of `b` and one broadcast at a time, so that
/// everything stays in {'32' if lanes==16 else '16'} registers. Written out flat because the compiler keeps only named locals in registers.
final class {name} extends Tile {{
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_{lanes*32};

    {name}() {{
        super({MR}, {NR});
    }}

    @Override
    void run(int depth, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc, boolean add) {{
        multiply(depth, a, ao, b, bo, c, co, ldc, add);
    }}

    private static void multiply(int depth, float[] a, int ao, float[] b, int bo, float[] c, int co, int ldc,
            boolean add) {{
"""
    names=[[f"c{i}x{j}" for j in range(NV)] for i in range(MR)]
    for i in range(MR):
        for j in range(NV): o+=f"        FloatVector {names[i][j]} = FloatVector.zero(S);\n"
    o+="        for (int k = 0; k < depth; k++) {\n"
    o+=f"            int ai = ao + k * {MR};\n            int bi = bo + k * {NR};\n" if MR>1 else f"            int ai = ao + k;\n            int bi = bo + k * {NR};\n"
    for j in range(NV): o+=f"            FloatVector b{j} = FloatVector.fromArray(S, b, bi{f' + {j*lanes}' if j else ''});\n"
    for i in range(MR):
        if NV==1:
            o+=f"            {names[i][0]} = FloatVector.broadcast(S, a[ai{f' + {i}' if i else ''}]).fma(b0, {names[i][0]});\n"
        else:
            o+=f"            FloatVector a{i} = FloatVector.broadcast(S, a[ai{f' + {i}' if i else ''}]);\n"
            for j in range(NV): o+=f"            {names[i][j]} = a{i}.fma(b{j}, {names[i][j]});\n"
    o+="        }\n"
    o+=store(names,lambda i,j: ("c","co"+term(i,"ldc")+(f" + {j*lanes}" if j else "")))
    o+="    }\n}\n"
    open(f"{folder}/{name}.java","w").write(o)
for m,n in [(12,32),(8,32),(6,64),(4,64),(24,16),(1,64)]: packed_tile("Avx512",16,m,n)
for m,n in [(4,16),(3,24),(8,8),(1,32)]: packed_tile("Avx2",8,m,n)
# Known to spill: the gate on machine code must see it.
packed_tile("Avx512",16,16,32,TEST); packed_tile("Avx2",8,6,16,TEST)

def shift_tile(isa,lanes,MR,NR):
    NV=NR//lanes
    name=f"{isa}ShiftTile{MR}x{NR}"
    o=f"""package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// {MR} rows by {NV} vectors of {lanes} columns, reading `b` through a table of offsets; flat for the same reason as the
/// packed tiles.
final class {name} extends ShiftTile {{
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_{lanes*32};

    {name}() {{
        super({MR}, {NR});
    }}

    @Override
    void run(int depth, float[] a, int ao, float[] b, int bo, int[] shift, float[] c, int co, int ldc) {{
        multiply(depth, a, ao, b, bo, shift, c, co, ldc);
    }}

    private static void multiply(int depth, float[] a, int ao, float[] b, int bo, int[] shift, float[] c, int co,
            int ldc) {{
"""
    names=[[f"c{i}x{j}" for j in range(NV)] for i in range(MR)]
    for i in range(MR):
        for j in range(NV): o+=f"        FloatVector {names[i][j]} = FloatVector.zero(S);\n"
    o+="        for (int k = 0; k < depth; k++) {\n"
    o+=(f"            int ai = ao + k * {MR};\n" if MR>1 else "            int ai = ao + k;\n")+"            int bi = bo + shift[k];\n"
    for j in range(NV): o+=f"            FloatVector b{j} = FloatVector.fromArray(S, b, bi{f' + {j*lanes}' if j else ''});\n"
    for i in range(MR):
        o+=f"            FloatVector a{i} = FloatVector.broadcast(S, a[ai{f' + {i}' if i else ''}]);\n"
        for j in range(NV): o+=f"            {names[i][j]} = a{i}.fma(b{j}, {names[i][j]});\n"
    o+="        }\n"
    for i in range(MR):
        for j in range(NV):
            idx="co" + (f" + {i} * ldc" if i>1 else " + ldc" if i==1 else "") + (f" + {j*lanes}" if j else "")
            o+=f"        {names[i][j]}.intoArray(c, {idx});\n"
    o+="    }\n}\n"
    open(f"{OUT}/{name}.java","w").write(o)
for m,n in [(12,32),(8,32),(6,64),(1,64)]: shift_tile("Avx512",16,m,n)
for m,n in [(4,16),(1,32)]: shift_tile("Avx2",8,m,n)

def dot_tile(isa,lanes,M,N):
    name=f"{isa}DotTile{M}x{N}"
    rows="".join(f", int w{j}" for j in range(N))
    o=f"""package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// {M} row{'s' if M>1 else ''} of `x` by {N} row{'s' if N>1 else ''} of `w`: {M*N} accumulator{'s' if M*N>1 else ''} of {lanes} partial sums.
final class {name} extends DotTile {{
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_{lanes*32};

    {name}() {{
        super({M}, {N});
    }}

    @Override
    void run(int length, float[] x, int xo, float[] w, int wo, int wRow, float[] c, int co) {{
        multiply(length, x, xo, w, wo, wRow, c, co);
    }}

    private static void multiply(int length, float[] x, int xo, float[] w, int wo, int wRow, float[] c, int co) {{
"""
    for j in range(1,N): o+=f"        int w{j} = wo{term(j,'wRow')};\n"
    for i in range(M):
        for j in range(N): o+=f"        FloatVector c{i}x{j} = FloatVector.zero(S);\n"
    o+=f"        for (int k = 0; k < length; k += {lanes}) {{\n"
    o+=f"            int xi = xo + k * {M};\n" if M>1 else "            int xi = xo + k;\n"
    for i in range(M): o+=f"            FloatVector x{i} = FloatVector.fromArray(S, x, xi{f' + {i*lanes}' if i else ''});\n"
    for j in range(N):
        o+=f"            FloatVector v{j} = FloatVector.fromArray(S, w, {f'w{j}' if j else 'wo'} + k);\n"
        for i in range(M): o+=f"            c{i}x{j} = x{i}.fma(v{j}, c{i}x{j});\n"
    o+="        }\n"
    for i in range(M):
        for j in range(N):
            at="co"+(f" + {(i*N+j)*lanes}" if i+j else "")
            o+=f"        FloatVector.fromArray(S, c, {at}).add(c{i}x{j}).intoArray(c, {at});\n"
    o+="    }\n}\n"
    open(f"{OUT}/{name}.java","w").write(o)
for m,n in [(4,6),(4,1),(1,6),(1,1)]: dot_tile("Avx512",16,m,n)
for m,n in [(2,4),(2,1),(1,4),(1,1)]: dot_tile("Avx2",8,m,n)

def outer_tile(isa,lanes):
    name=f"{isa}OuterTile{lanes}x{lanes}"
    o=f"""package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// {lanes} depths by {lanes} columns of `w`, which stay in registers.
final class {name} extends OuterTile {{
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_{lanes*32};

    @Override
    void run(int length, float[] x, int xo, float[] w, int wo, int wRow, float[] c, int co) {{
        multiply(length, x, xo, w, wo, wRow, c, co);
    }}

    private static void multiply(int length, float[] x, int xo, float[] w, int wo, int wRow, float[] c, int co) {{
"""
    for k in range(lanes): o+=f"        FloatVector w{k} = FloatVector.fromArray(S, w, wo{term(k,'wRow')});\n"
    o+=f"        FloatVector zero = FloatVector.zero(S);\n        for (int i = 0; i < length; i += {lanes}) {{\n            int xi = xo + i;\n"
    chains=lanes//4
    for k in range(lanes):
        x=f"FloatVector.broadcast(S, x[xi{f' + {k}' if k else ''}])"
        acc=f"sum{k%chains}"
        o+=f"            {'FloatVector ' if k<chains else ''}{acc} = {x}.fma(w{k}, {acc if k>=chains else 'zero'});\n"
    sums="sum0.add(sum1).add(sum2.add(sum3))" if chains==4 else "sum0.add(sum1)"
    o+=f"            FloatVector sum = {sums};\n"
    o+="            FloatVector.fromArray(S, c, co + i).add(sum).intoArray(c, co + i);\n        }\n    }\n}\n"
    open(f"{OUT}/{name}.java","w").write(o)
outer_tile("Avx512",16); outer_tile("Avx2",8)

def pair_tile(isa,lanes,R,T):
    name=f"{isa}PairTile{R}x{T}"
    o=f"""package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// {R} channels by {T} taps, {R*T} accumulators of {lanes} images each.
final class {name} extends PairTile {{
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_{lanes*32};

    {name}() {{
        super({R}, {T});
    }}

    @Override
    void run(int rows, int columns, float[] z, int zo, int zPlane, float[] x, int xo, int xRow, int[] shift, int t,
            float[] c, int co, int ldc) {{
        multiply(rows, columns, z, zo, zPlane, x, xo, xRow, shift, t, c, co, ldc);
    }}

    private static void multiply(int rows, int columns, float[] z, int zo, int zPlane, float[] x, int xo, int xRow,
            int[] shift, int t, float[] c, int co, int ldc) {{
"""
    for j in range(T): o+=f"        int x{j} = xo + shift[t{f' + {j}' if j else ''}];\n"
    for i in range(R):
        for j in range(T):
            idx="co" + (f" + {i} * ldc" if i>1 else " + ldc" if i==1 else "") + (f" + {j*lanes}" if j else "")
            o+=f"        FloatVector c{i}x{j} = FloatVector.zero(S);\n"
    o+=f"        for (int p = 0; p < rows; p++) {{\n            int zr = zo + p * columns * {lanes};\n            int xr = p * xRow;\n            for (int q = 0; q < columns; q++) {{\n                int zi = zr + q * {lanes};\n                int xi = xr + q * {lanes};\n"
    for i in range(R):
        o+=f"                FloatVector z{i} = FloatVector.fromArray(S, z, zi{f' + {i} * zPlane' if i>1 else ' + zPlane' if i else ''});\n"
    for j in range(T):
        o+=f"                FloatVector v{j} = FloatVector.fromArray(S, x, x{j} + xi);\n"
        for i in range(R): o+=f"                c{i}x{j} = z{i}.fma(v{j}, c{i}x{j});\n"
    o+="            }\n        }\n"
    for i in range(R):
        for j in range(T):
            idx="co" + (f" + {i} * ldc" if i>1 else " + ldc" if i==1 else "") + (f" + {j*lanes}" if j else "")
            o+=f"        FloatVector.fromArray(S, c, {idx}).add(c{i}x{j}).intoArray(c, {idx});\n"
    o+="    }\n}\n"
    open(f"{OUT}/{name}.java","w").write(o)
pair_tile("Avx512",16,6,3); pair_tile("Avx512",16,4,4); pair_tile("Avx2",8,3,3)

def pixel_tile(isa,lanes,MR,NV,ps):
    NR=NV*lanes
    kind="Pixel" if ps==lanes else "Planar"
    name=f"{isa}{kind}Tile{MR}x{NR}"
    where=f"pixels {lanes} floats apart (blocked input)" if ps==lanes else "pixels side by side (row-major input)"
    o=f"""package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// {MR} pixels by {NV} channel block{'s' if NV>1 else ''} of {lanes}, {where}; flat, as every tile.
final class {name} extends PixelTile {{
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_{lanes*32};

    {name}() {{
        super({MR}, {NV}, {ps});
    }}

    @Override
    void run(int from, int to, float[] x, int xo, int[] shift, float[] w, int wo, float[] y, int yo, int yPixel, int yBlock,
            boolean add) {{
        multiply(to, x, xo, shift, w, wo, from, y, yo, yPixel, yBlock, add);
    }}

    private static void multiply(int to, float[] x, int xo, int[] shift, float[] w, int wo, int from, float[] y,
            int yo, int yPixel, int yBlock, boolean add) {{
"""
    for i in range(MR):
        for j in range(NV): o+=f"        FloatVector c{i}x{j} = FloatVector.zero(S);\n"
    o+="        for (int k = from; k < to; k++) {\n            int xi = xo + shift[k];\n            int wi = wo + k * "+str(NR)+";\n"
    for j in range(NV): o+=f"            FloatVector w{j} = FloatVector.fromArray(S, w, wi{f' + {j*lanes}' if j else ''});\n"
    for i in range(MR):
        if NV==1: o+=f"            c{i}x0 = FloatVector.broadcast(S, x[xi{f' + {i*ps}' if i else ''}]).fma(w0, c{i}x0);\n"
        else:
            o+=f"            FloatVector x{i} = FloatVector.broadcast(S, x[xi{f' + {i*ps}' if i else ''}]);\n"
            for j in range(NV): o+=f"            c{i}x{j} = x{i}.fma(w{j}, c{i}x{j});\n"
    o+="        }\n"
    names=[[f"c{i}x{j}" for j in range(NV)] for i in range(MR)]
    o+=store(names,lambda i,j: ("y","yo"+term(i,"yPixel")+term(j,"yBlock")))
    o+="    }\n}\n"
    open(f"{OUT}/{name}.java","w").write(o); return name
A=[]
for (m,nv) in [(13,2),(12,2),(9,2),(7,2),(6,4),(5,4),(4,4),(3,4),(2,4),(1,4),(4,2),(2,2),(1,2),(24,1),(12,1),(6,1),(3,1),(1,1)]: A.append(pixel_tile("Avx512",16,m,nv,16))
P=[pixel_tile("Avx512",16,m,nv,1) for m,nv in [(12,2),(6,4),(2,4),(1,4),(1,2),(12,1),(1,1)]]
B=[pixel_tile("Avx2",8,m,nv,8) for m,nv in [(4,2),(3,3),(2,2),(1,4),(1,2),(8,1),(1,1)]]
Q=[pixel_tile("Avx2",8,m,nv,1) for m,nv in [(4,2),(1,2),(8,1),(1,1)]]
def gradient_tile(isa,lanes,kind,MR,NV):
    """Of filter gradients: `Grad` and `Tap` read where pixels lie from tables, `Band` goes along rows."""
    name=f"{isa}{kind}Tile{MR}x{NV*lanes}"
    taps,band=kind=="Tap",kind=="Band"
    rows=f"{MR} taps" if taps else f"{MR} source channels"
    arguments=(["int rows","int width","float[] x","int xo","int xRow","float[] z","int zo","int zRow"] if band else
        ["int from","int to","float[] x","int xo","int[] xs"]+(["int[] shift","int first"] if taps else [])+["float[] z","int zo","int[] zs"])
    arguments+=["int zBlock","float[] c","int co","int ldc"]
    o=f"""package dev.sextant.engine.cpu.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// {rows} by {NV} block{'s' if NV>1 else ''} of {lanes} result channels.
final class {name} extends {kind}Tile {{
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_{lanes*32};

    {name}() {{
        super({MR}, {NV});
    }}

    @Override
    void run({', '.join(arguments)}) {{
        multiply({', '.join(a.split()[1] for a in arguments)});
    }}

    private static void multiply({', '.join(arguments)}) {{
"""
    def idx(i,j): return "co"+(f" + {i} * ldc" if i>1 else " + ldc" if i else "")+(f" + {j*lanes}" if j else "")
    if taps:
        for i in range(MR): o+=f"        int x{i} = xo + shift[first{f' + {i}' if i else ''}];\n"
    for i in range(MR):
        for j in range(NV): o+=f"        FloatVector c{i}x{j} = FloatVector.zero(S);\n"
    if band:
        o+="        for (int row = 0; row < rows; row++) {\n            int xr = xo + row * xRow;\n            int zr = zo + row * zRow;\n"
        o+=f"            for (int p = 0; p < width; p++) {{\n            int xi = xr + p * {lanes};\n            int zi = zr + p * {lanes};\n"
    else:
        o+="        for (int p = from; p < to; p++) {\n            int xi = "+("" if taps else "xo + ")+"xs[p];\n            int zi = zo + zs[p];\n"
    for j in range(NV): o+=f"            FloatVector z{j} = FloatVector.fromArray(S, z, zi{f' + {j} * zBlock' if j>1 else ' + zBlock' if j else ''});\n"
    for i in range(MR):
        at=f"x{i} + xi" if taps else f"xi{f' + {i}' if i else ''}"
        if NV==1: o+=f"            c{i}x0 = FloatVector.broadcast(S, x[{at}]).fma(z0, c{i}x0);\n"
        else:
            o+=f"            FloatVector v{i} = FloatVector.broadcast(S, x[{at}]);\n"
            for j in range(NV): o+=f"            c{i}x{j} = v{i}.fma(z{j}, c{i}x{j});\n"
    o+="        }\n        }\n" if band else "        }\n"
    for i in range(MR):
        for j in range(NV): o+=f"        FloatVector.fromArray(S, c, {idx(i,j)}).add(c{i}x{j}).intoArray(c, {idx(i,j)});\n"
    o+="    }\n}\n"
    open(f"{OUT}/{name}.java","w").write(o)
for kind,shapes in [("Band",[(8,3),(8,2),(16,1)]),("Grad",[(8,2),(16,1)]),("Tap",[(6,4),(8,2),(8,1)])]:
    for m,n in shapes: gradient_tile("Avx512",16,kind,m,n)
for kind,shapes in [("Band",[(4,2),(8,1)]),("Grad",[(4,2),(8,1)]),("Tap",[(4,2),(4,1)])]:
    for m,n in shapes: gradient_tile("Avx2",8,kind,m,n)
