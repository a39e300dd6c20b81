/// JMH benchmarks that run the same operation on the CPU and on the GPU, by our kernels and by NVIDIA's libraries. A
/// sample counts only when the device has finished; transfers are benchmarks of their own.
package dev.sextant.bench.devices;
