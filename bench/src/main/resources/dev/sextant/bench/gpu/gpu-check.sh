#!/bin/sh
# Checks the NVIDIA GPU of this machine; needs nothing but its driver. `./gpu-check --help` lists the options.
#
#   SEXTANT_GPU_LIBDIR   folder of libcublas.so.12 and libcudnn.so.9, if the system does not find them by itself
here=$(cd "$(dirname "$0")" && pwd -P)
libraries=${SEXTANT_GPU_LIBDIR:-}
[ -z "$libraries" ] && [ -d "$here/nvidia" ] && libraries=$here/nvidia
exec "$here/runtime/bin/java" -XX:+IgnoreUnrecognizedVMOptions --enable-native-access=ALL-UNNAMED \
    --add-modules=jdk.incubator.vector --sun-misc-unsafe-memory-access=allow -XX:-UseFPUForSpilling \
    -XX:MaxRAMPercentage=50 -XX:+UseTransparentHugePages -Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0 \
    -Djava.awt.headless=true -Djava.library.path="$here/natives" \
    ${libraries:+-Dsextant.gpu.libdir="$libraries"} \
    -cp "$here/lib/bench.jar" dev.sextant.bench.BenchMain gpu-check "$@"
