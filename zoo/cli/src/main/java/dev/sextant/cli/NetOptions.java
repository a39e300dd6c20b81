package dev.sextant.cli;

import dev.sextant.engine.error.SextantException;
import dev.sextant.zoo.NetSettings;
import dev.sextant.zoo.Network;
import dev.sextant.zoo.Zoo;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// Which network: its edition, variant and settings.
final class NetOptions {
    @Option(names = "--edition", paramLabel = "NAME", description = "book (d2l.ai), torchvision, or paper; default: the first of them that has the network.")
    String edition;

    @Option(names = "--variant", paramLabel = "NAME", description = "A variation of the network, for example no-second-sigmoid; 'sextant nets' lists them.")
    String variant;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of the network, once or more: classes, inputChannels, inputSize of all; growthRate=12, blocks=4,4 of densenet, arch=1x16,2x32 of vgg11, and others of their own.")
    Map<String, String> settings = new LinkedHashMap<>();

    /// The network that is meant, not initialised yet.
    ///
    /// @throws Wrong if there is no such network, edition, variant or setting
    Network network(CommandSpec command, String net) {
        Set<String> all = new LinkedHashSet<>();
        Zoo.editions().forEach(e -> all.addAll(Zoo.names(e)));
        Wrong.oneOf(command, "network", net, all);
        String chosen = edition != null ? Wrong.oneOf(command, "edition", edition, Zoo.editions())
                : Zoo.editions().stream().filter(e -> Zoo.names(e).contains(net)).findFirst().orElseThrow();
        List<String> variants = Zoo.variants(chosen, net);
        String version = variant == null ? variants.getFirst()
                : Wrong.oneOf(command, "variant of " + net, variant, variants);
        settings.keySet().forEach(key -> Wrong.oneOf(command, "setting of " + net, key, NetSettings.keys(chosen, net)));
        try {
            return create(net, chosen, version, settings);
        } catch (SextantException e) {
            throw new Wrong(command, e.getMessage());
        }
    }

    /// A network by name, edition, variant and settings.
    ///
    /// @throws SextantException if there is none such
    static Network create(String net, String edition, String variant, Map<String, String> settings) {
        return Zoo.create(NetSettings.parse(metadata(net, edition, variant, settings)));
    }

    /// What a model file says of its network, so that it can be built again.
    static Map<String, String> metadata(String net, String edition, String variant, Map<String, String> settings) {
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.put("net", net);
        all.put("edition", edition);
        all.put("variant", variant);
        return all;
    }

    /// Which metadata of a file say what network it holds.
    static Set<String> metadataKeys(Network network) {
        Set<String> keys = new LinkedHashSet<>(NetSettings.keys(network.edition(), network.name()));
        keys.addAll(List.of("net", "edition", "variant"));
        return keys;
    }

    /// The chosen network's metadata.
    Map<String, String> metadata(Network network) {
        return metadata(network.name(), network.edition(), network.variant(), settings);
    }

    /// `resnet18 (torchvision)`, `lenet (book, maxpool)`.
    static String title(Network network) {
        return network.name() + " (" + network.edition()
                + (network.variant().equals(network.edition()) ? ")" : ", " + network.variant() + ")");
    }
}
