package dev.sextant.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.autograd.OpCalls.Call;
import dev.sextant.autograd.OpCalls.Input;
import dev.sextant.engine.DType;
import dev.sextant.engine.Device;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.Scope;
import dev.sextant.engine.Shape;
import dev.sextant.engine.error.DTypeException;
import dev.sextant.engine.error.DeviceException;
import dev.sextant.engine.error.ScopeException;
import dev.sextant.engine.error.SextantException;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every public operation called wrongly in every way: the wrong element type, another device, memory that is gone,
/// and (in [WrongCalls]) wrong shapes, axes, sizes and labels. Each message names the operation, the arrays with their
/// shapes, and the remedy. The tables are complete by reflection: an operation without a line fails here.
class ErrorMatrixTest {
    private static final List<Device> DEVICES = List.of(Device.ref(), Device.standard());

    @Test
    void everyOperationHasACorrectCall() {
        var called = new TreeSet<String>();
        OpCalls.all().forEach(c -> called.add(c.method()));
        assertEquals(OpCalls.names(), called, "a line in OpCalls for every public operation");
    }

    @Test
    void everyOperationThatCanBeGivenAWrongShapeOrAxisIs() {
        var missing = new ArrayList<String>();
        for (var method : OpCalls.operations()) {
            String name = OpCalls.name(method);
            boolean axis = Arrays.stream(method.getParameters()).map(Parameter::getName)
                    .anyMatch(p -> p.equals("axis") || p.equals("axes"));
            boolean pointwise = method.getDeclaringClass() == Pointwise.class;
            if (axis && WrongCalls.all().noneMatch(w -> w.method().equals(name) && w.breaksAxis())) {
                missing.add(name + " with a wrong axis");
            }
            // Element-wise functions of one array take every shape; sums over all axes do too.
            if (!pointwise && WrongCalls.all().noneMatch(w -> w.method().equals(name))) {
                missing.add(name + " with a wrong shape or size");
            }
        }
        assertEquals(List.of(), missing, "lines in WrongCalls");
    }

    static Stream<Call> calls() {
        return OpCalls.all().stream();
    }

    /// The array as messages show it, without its device.
    private static String shown(NDArray array) {
        return array.shape().toString();
    }

    private static void fails(Class<? extends SextantException> kind, Call call, NDArray[] inputs, String... parts) {
        String message = assertThrows(kind, () -> call.run(inputs), () -> call + " of " + List.of(inputs))
                .getMessage();
        assertTrue(message.startsWith(call.op() + ":"), () -> "'" + message + "' does not begin with " + call.op());
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "'" + message + "' does not say '" + part + "'");
        }
    }

    @ParameterizedTest
    @MethodSource("calls")
    void theCorrectCallWorks(Call call) {
        for (Device device : DEVICES) {
            call.run(call.on(device));
        }
    }

    @ParameterizedTest
    @MethodSource("calls")
    void anotherElementTypeIsNamed(Call call) {
        for (Device device : DEVICES) {
            for (int k = 0; k < call.inputs().length && !call.anyType(); k++) {
                NDArray[] inputs = call.on(device);
                Input input = call.inputs()[k];
                if (call.method().startsWith("Arithmetic.where") && k == 2) {
                    continue; // a condition may be of any type
                }
                boolean wasFloat = input.dtype() == DType.FLOAT32;
                inputs[k] = new Input(wasFloat ? DType.INT32 : DType.FLOAT32, input.dims()).on(device);
                fails(DTypeException.class, call, inputs, shown(inputs[k]), wasFloat ? "cast" : "int32");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("calls")
    void mixedPrecisionsAreNamed(Call call) {
        for (int k = 1; k < call.inputs().length; k++) {
            if (call.inputs()[k].dtype() == DType.FLOAT32) {
                NDArray[] inputs = call.on(Device.ref());
                inputs[k] = new Input(DType.FLOAT64, call.inputs()[k].dims()).on(Device.ref());
                fails(DTypeException.class, call, inputs, "float32" + shown(inputs[0]), "float64" + shown(inputs[k]),
                        "cast");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("calls")
    void anotherDeviceIsNamed(Call call) {
        for (int k = 1; k < call.inputs().length; k++) {
            NDArray[] inputs = call.on(Device.ref());
            inputs[k] = call.inputs()[k].on(Device.standard());
            fails(DeviceException.class, call, inputs, shown(inputs[0]) + " on ref", shown(inputs[k]) + " on simd",
                    "x.to(device)");
        }
    }

    @ParameterizedTest
    @MethodSource("calls")
    void memoryThatIsGoneIsNamed(Call call) {
        for (int k = 0; k < call.inputs().length; k++) {
            NDArray[] inputs = call.on(Device.standard());
            try (var _ = Scope.open("the step")) {
                inputs[k] = call.inputs()[k].on(Device.standard());
            }
            fails(ScopeException.class, call, inputs, shown(inputs[k]), "scope.keep", "x.copy()");
        }
    }

    @TestFactory
    Stream<DynamicTest> wrongCalls() {
        return WrongCalls.all().flatMap(wrong -> DEVICES.stream().map(device -> DynamicTest.dynamicTest(
                wrong.method() + " " + List.of(wrong.parts()) + " on " + device, () -> wrong.check(device))));
    }

    @Test
    void shapesNobodyCanHold() {
        var negative = assertThrows(SextantException.class, () -> NDArray.zeros(Shape.of(2, -3),
                DType.FLOAT32, Device.ref())).getMessage();
        assertTrue(negative.contains("[2, -3]") && negative.contains(">= 0"), negative);
        int most = Integer.MAX_VALUE;
        var overflow = assertThrows(SextantException.class,
                () -> Shape.of(most, most, most)).getMessage();
        assertTrue(overflow.contains("2^63"), overflow);
        var huge = assertThrows(SextantException.class, () -> NDArray.zeros(
                Shape.of(1 << 16, 1 << 16), DType.FLOAT32, Device.ref())).getMessage();
        assertTrue(huge.contains("4294967296") && huge.contains("split"), huge);
    }

    @Test
    void theMatrixIsWide() {
        // Guards the generators above: one that yields nothing would pass.
        long cells = calls().mapToLong(c -> c.inputs().length).sum();
        assertTrue(cells > 140, "only " + cells + " inputs to break");
    }
}
