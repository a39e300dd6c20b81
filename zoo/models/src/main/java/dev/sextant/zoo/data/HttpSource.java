package dev.sextant.zoo.data;

import dev.sextant.engine.error.DataException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/// Gets Fashion-MNIST by HTTP from its authors' address. Each file is checked before it is kept.
final class HttpSource {
    private static final Duration FILE_LIMIT = Duration.ofMinutes(10);
    /// Room for gzip's header, and for content that it cannot pack.
    private static final int PACKING_SLACK = 1 << 16;

    private final DataEnvironment environment;
    private final FashionFiles files;

    HttpSource(DataEnvironment environment, FashionFiles files) {
        this.environment = environment;
        this.files = files;
    }

    /// Downloads, checks and keeps in the cache.
    ///
    /// @throws DataException if a file cannot be had, or is not what it should be
    Map<MnistFile, byte[]> fetch() {
        Map<MnistFile, byte[]> contents = new EnumMap<>(MnistFile.class);
        Map<MnistFile, byte[]> packed = new EnumMap<>(MnistFile.class);
        try (var download = new Download(environment, environment.home(), FILE_LIMIT)) {
            for (MnistFile file : MnistFile.values()) {
                URI address = environment.home().resolve(file.packedName());
                byte[] body = download.get(address, files.bytes(file) + PACKING_SLACK);
                contents.put(file, files.verified(file, address.toString(), body));
                packed.put(file, body);
            }
        }
        keep(packed);
        return contents;
    }

    private void keep(Map<MnistFile, byte[]> packed) {
        try {
            for (var entry : packed.entrySet()) {
                FashionFiles.store(environment.cacheFolder(), entry.getKey().packedName(), entry.getValue());
            }
        } catch (IOException e) {
            environment.progress().accept("Fashion-MNIST: cannot be kept in " + environment.cacheFolder() + ": " + e);
        }
    }
}
