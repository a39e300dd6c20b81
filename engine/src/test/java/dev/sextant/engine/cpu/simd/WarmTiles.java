package dev.sextant.engine.cpu.simd;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.Map;
import jdk.incubator.vector.FloatVector;

/// Started by [MachineCodeTest] in a JVM of its own: runs every tile named as an argument until C2 has compiled it.
public final class WarmTiles {
    /// Trip counts of the tiles' loops by the parameter's name. All else is zero: places and strides may coincide.
    private static final Map<String, Integer> COUNTS = Map.of("depth", 64, "length", 1024, "to", 64, "rows", 4,
            "columns", 16);
    private static final int CALLS = 800;

    private WarmTiles() {
    }

    public static void main(String[] names) throws ReflectiveOperationException {
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

    private static Object[] arguments(Method method) {
        Parameter[] parameters = method.getParameters();
        Object[] arguments = new Object[parameters.length];
        for (int i = 0; i < arguments.length; i++) {
            Class<?> type = parameters[i].getType();
            arguments[i] = type == int.class ? COUNTS.getOrDefault(parameters[i].getName(), 0)
                    : type == boolean.class ? Boolean.FALSE
                            : type == int[].class ? new int[1 << 12] : new float[1 << 17];
        }
        return arguments;
    }
}
