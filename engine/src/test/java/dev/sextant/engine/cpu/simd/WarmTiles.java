package dev.sextant.engine.cpu.simd;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.incubator.vector.FloatVector;

/// Started by [MachineCodeTest] in a JVM of its own: runs every tile named as an argument until C2 has compiled it.
public final class WarmTiles {
    /// Trip counts of the tiles' loops by the parameter's name. All else is zero: places and strides may coincide.
    private static final Map<String, Integer> COUNTS = Map.of("depth", 64, "length", 1024, "to", 64, "rows", 4,
            "columns", 16, "width", 64);
    private static final Pattern SIGNATURE = Pattern.compile("void multiply\\(([^)]*)\\)");
    private static final int CALLS = 800;

    private WarmTiles() {
    }

    public static void main(String[] names) throws ReflectiveOperationException, IOException {
        System.out.println("lanes " + FloatVector.SPECIES_PREFERRED.length());
        for (String name : names) {
            Method multiply = null;
            for (Method m : Class.forName(WarmTiles.class.getPackageName() + "." + name).getDeclaredMethods()) {
                if (Modifier.isStatic(m.getModifiers()) && m.getName().equals("multiply")) {
                    multiply = m;
                }
            }
            multiply.setAccessible(true);
            Object[] arguments = arguments(multiply);
            for (int call = 0; call < CALLS; call++) {
                for (int i = 0; i < arguments.length; i++) {
                    if (arguments[i] instanceof Boolean) {
                        arguments[i] = call % 8 != 0;
                    }
                }
                multiply.invoke(null, arguments);
            }
        }
    }

    private static Object[] arguments(Method method) throws IOException {
        Class<?>[] types = method.getParameterTypes();
        String[] names = names(method);
        Object[] arguments = new Object[types.length];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = types[i] == int.class ? COUNTS.getOrDefault(names[i], 0)
                    : types[i] == boolean.class ? Boolean.FALSE
                            : types[i] == int[].class ? new int[1 << 12] : new float[1 << 17];
        }
        return arguments;
    }

    /// Of the method's parameters, from its source: class files leave them out.
    private static String[] names(Method method) throws IOException {
        for (String folder : new String[] {"main", "test"}) {
            Path source = Path.of(System.getProperty("repository.root"), "engine/src", folder, "java",
                    method.getDeclaringClass().getName().replace('.', '/') + ".java");
            if (Files.exists(source)) {
                Matcher signature = SIGNATURE.matcher(Files.readString(source));
                if (signature.find()) {
                    return Arrays.stream(signature.group(1).split(",")).map(p -> p.strip().replaceAll(".*\\s", ""))
                            .toArray(String[]::new);
                }
            }
        }
        throw new IOException("no source of " + method);
    }
}
