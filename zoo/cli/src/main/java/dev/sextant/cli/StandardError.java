package dev.sextant.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Takes back the standard error that the launcher has put through a filter.
///
/// The JVM warns of the incubating Vector API at every start, before any of our code runs, and no flag silences it. So
/// the launcher starts it with a filter for that line as descriptor 2, and keeps the real standard error open as the
/// descriptor that it names in `sextant.stderr`. Once we are running, that one becomes descriptor 2 again: nothing of
/// ours waits in a pipe, and a file keeps its one position that both output streams and the caller share.
final class StandardError {
    private static final int STANDARD_ERROR = 2;

    private StandardError() {
    }

    /// `dup2(real, 2)`, if the launcher has started us; otherwise, or if the system cannot, nothing.
    @SuppressWarnings("restricted") // The launcher allows native access; there is no other way to `dup2`.
    static void unfilter() {
        Integer real = Integer.getInteger("sextant.stderr");
        if (real == null) {
            return;
        }
        try {
            Linker linker = Linker.nativeLinker();
            MethodHandle dup2 = linker.downcallHandle(linker.defaultLookup().findOrThrow("dup2"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            int result = (int) dup2.invokeExact((int) real, STANDARD_ERROR);
            if (result < 0) {
                System.getLogger(StandardError.class.getName()).log(System.Logger.Level.DEBUG,
                        "dup2(" + real + ", 2) failed; standard error stays filtered");
            }
        } catch (Error e) {
            throw e;
        } catch (Throwable e) {
            // invokeExact declares Throwable. The filtered standard error serves as well, only a little later.
            System.getLogger(StandardError.class.getName()).log(System.Logger.Level.DEBUG,
                    "standard error stays filtered", e);
        }
    }
}
