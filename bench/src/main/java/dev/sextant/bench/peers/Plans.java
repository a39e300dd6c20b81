package dev.sextant.bench.peers;

import dev.sextant.bench.BookNet;
import java.util.List;

/// The book's seven networks as [Plan]s, after the tables in the classes of `dev.sextant.zoo`.
public final class Plans {
    private static final int CLASSES = 10;

    private Plans() {
    }

    public static Plan of(BookNet net) {
        var p = new Plan(net.size());
        switch (net) {
            case LENET -> lenet(p);
            case ALEXNET -> alexnet(p);
            case VGG11_SMALL -> vgg11Small(p);
            case NIN -> nin(p);
            case GOOGLENET -> googlenet(p);
            case RESNET18 -> resnet18(p);
            case DENSENET -> densenet(p);
        }
        return p;
    }

    private static void lenet(Plan p) {
        int x = p.avgPool(p.sigmoid(p.conv(0, "0", 6, 5, 1, 2)), 2);
        x = p.avgPool(p.sigmoid(p.conv(x, "3", 16, 5, 1, 0)), 2);
        x = p.sigmoid(p.linear(p.flatten(x), "7", 120));
        x = p.sigmoid(p.linear(x, "9", 84));
        p.linear(x, "11", CLASSES);
    }

    private static void alexnet(Plan p) {
        int x = p.maxPool(p.relu(p.conv(0, "0", 96, 11, 4, 1)), 3, 2, 0);
        x = p.maxPool(p.relu(p.conv(x, "3", 256, 5, 1, 2)), 3, 2, 0);
        x = p.relu(p.conv(x, "6", 384, 3, 1, 1));
        x = p.relu(p.conv(x, "8", 384, 3, 1, 1));
        x = p.maxPool(p.relu(p.conv(x, "10", 256, 3, 1, 1)), 3, 2, 0);
        head(p, p.flatten(x), 14);
    }

    /// Two hidden layers of 4096 with dropout, then the classes; `first` is the number of the first linear layer.
    private static void head(Plan p, int x, int first) {
        x = p.dropout(p.relu(p.linear(x, Integer.toString(first), 4096)));
        x = p.dropout(p.relu(p.linear(x, Integer.toString(first + 3), 4096)));
        p.linear(x, Integer.toString(first + 6), CLASSES);
    }

    private static void vgg11Small(Plan p) {
        int[] convs = {1, 1, 2, 2, 2};
        int[] channels = {16, 32, 64, 128, 128};
        int x = 0;
        for (int b = 0; b < convs.length; b++) {
            for (int i = 0; i < convs[b]; i++) {
                x = p.relu(p.conv(x, b + "." + 2 * i, channels[b], 3, 1, 1));
            }
            x = p.maxPool(x, 2, 2, 0);
        }
        head(p, p.flatten(x), 6);
    }

    private static void nin(Plan p) {
        int x = p.maxPool(ninBlock(p, 0, "0", 96, 11, 4, 0), 3, 2, 0);
        x = p.maxPool(ninBlock(p, x, "2", 256, 5, 1, 2), 3, 2, 0);
        x = p.maxPool(ninBlock(p, x, "4", 384, 3, 1, 1), 3, 2, 0);
        x = ninBlock(p, p.dropout(x), "7", CLASSES, 3, 1, 1);
        p.flatten(p.globalAvgPool(x));
    }

    private static int ninBlock(Plan p, int x, String name, int channels, int kernel, int stride, int pad) {
        x = p.relu(p.conv(x, name + ".0", channels, kernel, stride, pad));
        x = p.relu(p.conv(x, name + ".2", channels, 1, 1, 0));
        return p.relu(p.conv(x, name + ".4", channels, 1, 1, 0));
    }

    private static void googlenet(Plan p) {
        int x = p.maxPool(p.relu(p.conv(0, "0.0", 64, 7, 2, 3)), 3, 2, 1);
        x = p.relu(p.conv(x, "1.0", 64, 1, 1, 0));
        x = p.maxPool(p.relu(p.conv(x, "1.2", 192, 3, 1, 1)), 3, 2, 1);
        x = inception(p, x, "2.0", 64, 96, 128, 16, 32, 32);
        x = p.maxPool(inception(p, x, "2.1", 128, 128, 192, 32, 96, 64), 3, 2, 1);
        x = inception(p, x, "3.0", 192, 96, 208, 16, 48, 64);
        x = inception(p, x, "3.1", 160, 112, 224, 24, 64, 64);
        x = inception(p, x, "3.2", 128, 128, 256, 24, 64, 64);
        x = inception(p, x, "3.3", 112, 144, 288, 32, 64, 64);
        x = p.maxPool(inception(p, x, "3.4", 256, 160, 320, 32, 128, 128), 3, 2, 1);
        x = inception(p, x, "4.0", 256, 160, 320, 32, 128, 128);
        x = inception(p, x, "4.1", 384, 192, 384, 48, 128, 128);
        p.linear(p.flatten(p.globalAvgPool(x)), "5", CLASSES);
    }

    private static int inception(Plan p, int x, String name, int c1, int c2in, int c2, int c3in, int c3, int c4) {
        int b1 = p.relu(p.conv(x, name + ".p1_1", c1, 1, 1, 0));
        int b2 = p.relu(p.conv(x, name + ".p2_1", c2in, 1, 1, 0));
        b2 = p.relu(p.conv(b2, name + ".p2_2", c2, 3, 1, 1));
        int b3 = p.relu(p.conv(x, name + ".p3_1", c3in, 1, 1, 0));
        b3 = p.relu(p.conv(b3, name + ".p3_2", c3, 5, 1, 2));
        int b4 = p.relu(p.conv(p.maxPool(x, 3, 1, 1), name + ".p4_2", c4, 1, 1, 0));
        return p.concat(List.of(b1, b2, b3, b4));
    }

    private static void resnet18(Plan p) {
        int x = stem(p);
        int[] channels = {64, 128, 256, 512};
        for (int stage = 0; stage < channels.length; stage++) {
            int stride = stage == 0 ? 1 : 2;
            x = residual(p, x, stage + 1 + ".0", channels[stage], stride);
            x = residual(p, x, stage + 1 + ".1", channels[stage], 1);
        }
        p.linear(p.flatten(p.globalAvgPool(x)), "7", CLASSES);
    }

    private static int stem(Plan p) {
        return p.maxPool(p.relu(p.batchNorm(p.conv(0, "0.0", 64, 7, 2, 3), "0.1")), 3, 2, 1);
    }

    private static int residual(Plan p, int x, String name, int channels, int stride) {
        int y = p.relu(p.batchNorm(p.conv(x, name + ".conv1", channels, 3, stride, 1), name + ".bn1"));
        y = p.batchNorm(p.conv(y, name + ".conv2", channels, 3, 1, 1), name + ".bn2");
        int shortcut = stride == 1 ? x : p.conv(x, name + ".conv3", channels, 1, stride, 0);
        return p.relu(p.add(y, shortcut));
    }

    private static void densenet(Plan p) {
        int x = stem(p);
        for (int block = 0; block < 4; block++) {
            String name = Integer.toString(2 * block + 1);
            for (int i = 0; i < 4; i++) {
                String layer = name + ".net." + i;
                int y = p.conv(p.relu(p.batchNorm(x, layer + ".0")), layer + ".2", 32, 3, 1, 1);
                x = p.concat(List.of(x, y));
            }
            if (block < 3) {
                String t = Integer.toString(2 * block + 2);
                x = p.conv(p.relu(p.batchNorm(x, t + ".0")), t + ".2", p.channels(x) / 2, 1, 1, 0);
                x = p.avgPool(x, 2);
            }
        }
        x = p.relu(p.batchNorm(x, "8"));
        p.linear(p.flatten(p.globalAvgPool(x)), "12", CLASSES);
    }
}
