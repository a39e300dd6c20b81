"""PyTorch's images per second in training the book's networks on an NVIDIA GPU: the peer of what `gpu-check` calls throughput.

Usage: python3 gpu_torch.py [network ...]

Needs PyTorch with CUDA. The same networks, batches, image sizes and loss as Sextant's; images stay on the device, the loss
is read in every step, cuDNN measures its algorithms (`cudnn.benchmark`). Median of 15 steps after 5, in strict float32 and
with TF32 allowed, at the book's batch and at a large one.
"""
import statistics
import sys
import time

import torch
from torch import nn

WARM_UP, MEASURED = 5, 15


def conv(channels, filters, size, relu=True, norm=False, **geometry):
    layers = [nn.Conv2d(channels, filters, size, **geometry)]
    if norm:
        layers.append(nn.BatchNorm2d(filters))
    if relu:
        layers.append(nn.ReLU())
    return layers


def head(*widths):
    """Linear layers with relu and dropout, as AlexNet and VGG end."""
    layers = [nn.Flatten()]
    for width in widths:
        layers += [nn.LazyLinear(width), nn.ReLU(), nn.Dropout(0.5)]
    return [*layers, nn.LazyLinear(10)]


def average_head(channels):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10)]


def stem(norm):
    return [*conv(1, 64, 7, norm=norm, stride=2, padding=3), nn.MaxPool2d(3, 2, 1)]


def lenet():
    return [nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.AvgPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10)]


def alexnet():
    return [*conv(1, 96, 11, stride=4, padding=1), nn.MaxPool2d(3, 2), *conv(96, 256, 5, padding=2), nn.MaxPool2d(3, 2),
            *conv(256, 384, 3, padding=1), *conv(384, 384, 3, padding=1), *conv(384, 256, 3, padding=1), nn.MaxPool2d(3, 2),
            *head(4096, 4096)]


def vgg11_small():
    layers, channels = [], 1
    for convolutions, filters in ((1, 16), (1, 32), (2, 64), (2, 128), (2, 128)):
        for _ in range(convolutions):
            layers += conv(channels, filters, 3, padding=1)
            channels = filters
        layers.append(nn.MaxPool2d(2))
    return [*layers, *head(4096, 4096)]


def nin():
    def block(channels, filters, size, **geometry):
        return conv(channels, filters, size, **geometry) + conv(filters, filters, 1) + conv(filters, filters, 1)

    return [*block(1, 96, 11, stride=4), nn.MaxPool2d(3, 2), *block(96, 256, 5, padding=2), nn.MaxPool2d(3, 2),
            *block(256, 384, 3, padding=1), nn.MaxPool2d(3, 2), nn.Dropout(0.5), *block(384, 10, 3, padding=1),
            nn.AdaptiveAvgPool2d(1), nn.Flatten()]


class Inception(nn.Module):
    def __init__(self, channels, one, three, five, pool):
        super().__init__()
        self.branches = nn.ModuleList(nn.Sequential(*b) for b in (
            conv(channels, one, 1),
            conv(channels, three[0], 1) + conv(three[0], three[1], 3, padding=1),
            conv(channels, five[0], 1) + conv(five[0], five[1], 5, padding=2),
            [nn.MaxPool2d(3, 1, 1)] + conv(channels, pool, 1)))
        self.filters = one + three[1] + five[1] + pool

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


def googlenet():
    layers = [*stem(False), *conv(64, 64, 1), *conv(64, 192, 3, padding=1), nn.MaxPool2d(3, 2, 1)]
    channels = 192
    for stage in (((64, (96, 128), (16, 32), 32), (128, (128, 192), (32, 96), 64)),
                  ((192, (96, 208), (16, 48), 64), (160, (112, 224), (24, 64), 64), (128, (128, 256), (24, 64), 64),
                   (112, (144, 288), (32, 64), 64), (256, (160, 320), (32, 128), 128)),
                  ((256, (160, 320), (32, 128), 128), (384, (192, 384), (48, 128), 128))):
        for widths in stage:
            layers.append(Inception(channels, *widths))
            channels = layers[-1].filters
        if channels < 1024:
            layers.append(nn.MaxPool2d(3, 2, 1))
    return [*layers, *average_head(channels)]


class Residual(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.body = nn.Sequential(*conv(channels, filters, 3, norm=True, stride=stride, padding=1),
                                  *conv(filters, filters, 3, relu=False, norm=True, padding=1))
        self.side = nn.Identity() if stride == 1 else nn.Conv2d(channels, filters, 1, stride)

    def forward(self, x):
        return torch.relu(self.body(x) + self.side(x))


def resnet18():
    layers, channels = stem(True), 64
    for filters in (64, 128, 256, 512):
        layers += [Residual(channels, filters, 1 if filters == channels else 2), Residual(filters, filters, 1)]
        channels = filters
    return [*layers, *average_head(channels)]


class Growing(nn.Module):
    """A dense block: every layer reads all before it."""

    def __init__(self, channels, growth, layers):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(nn.BatchNorm2d(channels + growth * i), nn.ReLU(),
                          nn.Conv2d(channels + growth * i, growth, 3, padding=1)) for i in range(layers))

    def forward(self, x):
        for layer in self.layers:
            x = torch.cat([x, layer(x)], 1)
        return x


def densenet():
    layers, channels = stem(True), 64
    for block in range(4):
        layers.append(Growing(channels, 32, 4))
        channels += 4 * 32
        if block < 3:
            layers += [nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, channels // 2, 1), nn.AvgPool2d(2)]
            channels //= 2
    return [*layers, nn.BatchNorm2d(channels), nn.ReLU(), *average_head(channels)]


# Network, the book's batch, the large batch, pixels.
NETWORKS = {"lenet": (lenet, 256, 2048, 28), "alexnet": (alexnet, 32, 256, 224), "vgg11-small": (vgg11_small, 32, 256, 224),
            "nin": (nin, 32, 256, 224), "googlenet": (googlenet, 32, 256, 96), "resnet18": (resnet18, 32, 256, 96),
            "densenet": (densenet, 32, 256, 96)}


def images_per_second(layers, batch, pixels):
    model = nn.Sequential(*layers()).cuda()
    images = torch.rand(batch, 1, pixels, pixels, device="cuda")
    labels = torch.randint(0, 10, (batch,), device="cuda")
    model(images)  # gives lazy layers their widths
    optimizer = torch.optim.SGD(model.parameters(), lr=0.001)
    loss_of = nn.CrossEntropyLoss()
    seconds = []
    for _ in range(WARM_UP + MEASURED):
        torch.cuda.synchronize()
        start = time.perf_counter()
        optimizer.zero_grad()
        loss = loss_of(model(images), labels)
        loss.backward()
        optimizer.step()
        loss.item()
        torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    return batch / statistics.median(seconds[WARM_UP:])


def main():
    torch.backends.cudnn.benchmark = True
    print(f"PyTorch {torch.__version__}, cuDNN {torch.backends.cudnn.version()}, {torch.cuda.get_device_name()}; images/s")
    for name in sys.argv[1:] or NETWORKS:
        layers, usual, large, pixels = NETWORKS[name]
        for tf32 in (False, True):
            torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = tf32
            rates = [f"batch {batch}: {images_per_second(layers, batch, pixels):,.0f}" for batch in (usual, large)]
            print(f"{name:12s} {'tf32' if tf32 else 'strict':6s}  " + "  ".join(rates), flush=True)


if __name__ == "__main__":
    main()
