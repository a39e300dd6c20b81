package dev.sextant.cli;

import dev.sextant.engine.error.SextantException;
import dev.sextant.zoo.Network;
import dev.sextant.zoo.Zoo;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// Which network: its edition and variant.
final class NetOptions {
    @Option(names = "--edition", paramLabel = "NAME", description = "book (d2l.ai), torchvision, or paper; default: the first of them that has the network.")
    String edition;

    @Option(names = "--variant", paramLabel = "NAME", description = "A variation of the network, for example no-second-sigmoid; 'sextant nets' lists them.")
    String variant;

    /// The network that is meant, not initialised yet.
    ///
    /// @throws Wrong if there is no such network, edition or variant
    Network network(CommandSpec command, String net) {
        Set<String> all = new LinkedHashSet<>();
        Zoo.editions().forEach(e -> all.addAll(Zoo.names(e)));
        Wrong.oneOf(command, "network", net, all);
        String chosen = edition != null ? Wrong.oneOf(command, "edition", edition, Zoo.editions())
                : Zoo.editions().stream().filter(e -> Zoo.names(e).contains(net)).findFirst().orElseThrow();
        List<String> variants = Zoo.variants(chosen, net);
        String version = variant == null ? variants.getFirst()
                : Wrong.oneOf(command, "variant of " + net, variant, variants);
        try {
            return Zoo.create(Map.of("net", net, "edition", chosen, "variant", version));
        } catch (SextantException e) {
            throw new Wrong(command, e.getMessage());
        }
    }
}
