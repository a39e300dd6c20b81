package dev.sextant.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.cpu.HeapPool;
import dev.sextant.engine.error.ScopeException;
import dev.sextant.engine.error.SextantException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/// Lifetimes: what dies with its scope, what does not, and what a misuse says.
class ScopeTest {
    private static NDArray numbers() {
        return NDArray.of(new float[] {1, 2, 3}, Shape.of(3), Device.standard());
    }

    private static void fails(Executable call, String... parts) {
        String message = assertThrows(ScopeException.class, call).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "'" + message + "' does not say '" + part + "'");
        }
    }

    @Test
    void everyUseAfterTheScopeIsNamed() {
        NDArray late;
        NDArray view;
        try (var _ = Scope.open("step")) {
            late = numbers();
            view = late.reshape(1, 3);
        }
        NDArray live = numbers();
        fails(late::toFloats, "reading", "float32[3]", "scope.keep(x)", "x.copy()");
        fails(view::toFloats, "float32[1, 3]", "scope.keep(x)");
        fails(late::copy, "copy", "float32[3]");
        fails(() -> late.fill(1), "fill", "float32[3]");
        fails(() -> late.set(live), "set", "float32[3]");
        fails(() -> live.set(late), "set", "float32[3]");
        fails(() -> late.set(new float[3]), "set", "float32[3]");
        fails(() -> late.to(Device.ref()), "float32[3]");
        fails(() -> late.cast(DType.INT32), "float32[3]");
        fails(() -> late.narrow(0, 0, 1).item(), "float32[1]");
    }

    @Test
    void keptAndCopiedArraysLiveOn() {
        NDArray kept;
        NDArray copied;
        try (var outer = Scope.open("outer")) {
            try (var inner = Scope.open("inner")) {
                NDArray x = numbers();
                kept = inner.keep(x);
                copied = x.copy();
            }
            assertArrayEquals(new float[] {1, 2, 3}, kept.toFloats(), "in the outer scope");
            assertSame(outer, Scope.current());
        }
        assertNull(Scope.current());
        NDArray gone = kept;
        fails(gone::toFloats, "float32[3]");
        assertArrayEquals(new float[] {1, 2, 3}, copied.toFloats());
    }

    @Test
    void closingOutOfOrderIsNamedAndHarmsNothing() {
        var outer = Scope.open("outer");
        var inner = Scope.open("inner");
        NDArray x = numbers();
        fails(outer::close, "outer", "innermost first", "try-with-resources");
        assertArrayEquals(new float[] {1, 2, 3}, x.toFloats());
        inner.close();
        outer.close();
        outer.close();
        assertNull(Scope.current());
        fails(() -> inner.keep(numbers()), "inner", "closed already");
    }

    @Test
    void anotherThreadMayNotUseAScope() throws InterruptedException {
        try (var scope = Scope.open("training step")) {
            NDArray x = numbers();
            var failure = new AtomicReference<Throwable>();
            var thread = new Thread(() -> {
                try {
                    assertNull(Scope.current(), "scopes are not inherited");
                    fails(scope::close, "training step", Thread.currentThread().getName(), "the thread that opened it");
                    fails(() -> scope.keep(x), "training step", "the thread that opened it");
                    assertArrayEquals(new float[] {1, 2, 3}, x.toFloats(), "reading is fine");
                } catch (Throwable t) {
                    failure.set(t);
                }
            }, "a stranger");
            thread.start();
            thread.join();
            if (failure.get() != null) {
                throw new AssertionError(failure.get());
            }
        }
    }

    @Test
    void aRepeatedStepTakesNoNewMemory() {
        for (int step = 0; step < 50; step++) {
            long before = HeapPool.ofThread().usedBytes();
            try (var _ = Scope.open("step")) {
                NDArray x = NDArray.zeros(Shape.of(200, 1000), DType.FLOAT32, Device.standard());
                assertEquals(200_000, x.toFloats().length);
                NDArray.zeros(Shape.of(7 + step % 3, 1000), DType.FLOAT32, Device.standard());
            }
            assertEquals(before, HeapPool.ofThread().usedBytes(), "everything is given back");
            if (step == 3) {
                held = HeapPool.ofThread().heldBytes();
            }
        }
        assertEquals(held, HeapPool.ofThread().heldBytes());
    }

    private long held;

    @Test
    void anExceptionClosesScopesInOrder() {
        assertThrows(SextantException.class, () -> {
            try (var _ = Scope.open("outer"); var _ = Scope.open("inner")) {
                numbers().reshape(2, 2);
            }
        });
        assertNull(Scope.current());
    }

    @Test
    void outsideLeavesTheScopeAndComesBack() {
        NDArray lives;
        try (var scope = Scope.open("step")) {
            lives = Scope.outside(ScopeTest::numbers);
            assertSame(scope, Scope.current());
            assertThrows(IllegalStateException.class, () -> Scope.outside(() -> {
                throw new IllegalStateException("inside");
            }));
            assertSame(scope, Scope.current());
        }
        assertArrayEquals(new float[] {1, 2, 3}, lives.toFloats());
    }
}
