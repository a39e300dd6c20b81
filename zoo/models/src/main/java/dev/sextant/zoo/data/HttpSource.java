package dev.sextant.zoo.data;

import dev.sextant.engine.error.DataException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Gets Fashion-MNIST by HTTP from its authors' address, through the environment's proxy if there is one. Each file is
/// checked before it is kept.
final class HttpSource {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(20);
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
        var proxies = environment.proxies();
        Map<MnistFile, byte[]> contents = new EnumMap<>(MnistFile.class);
        Map<MnistFile, byte[]> packed = new EnumMap<>(MnistFile.class);
        try (var client = HttpClient.newBuilder().connectTimeout(CONNECT_LIMIT)
                .followRedirects(HttpClient.Redirect.NORMAL).version(HttpClient.Version.HTTP_1_1).proxy(proxies)
                .authenticator(proxies.authenticator(environment.home())).build()) {
            for (MnistFile file : MnistFile.values()) {
                URI address = environment.home().resolve(file.packedName());
                byte[] body = download(client, address, files.bytes(file) + PACKING_SLACK);
                contents.put(file, files.verified(file, address.toString(), body));
                packed.put(file, body);
            }
        }
        keep(packed);
        return contents;
    }

    private static byte[] download(HttpClient client, URI address, int mostBytes) {
        var request = HttpRequest.newBuilder(address).timeout(FILE_LIMIT).build();
        var body = BodyHandlers.limiting(BodyHandlers.ofByteArray(), mostBytes);
        var pending = client.sendAsync(request, body);
        try {
            // The request's own limit ends with the headers; this one covers the body.
            HttpResponse<byte[]> response = pending.get(FILE_LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (response.statusCode() != 200) {
                throw new DataException("%s answered with status %d", address, response.statusCode());
            }
            return response.body();
        } catch (ExecutionException e) {
            throw new DataException(e.getCause(), "%s: %s", address, reason(e.getCause()));
        } catch (TimeoutException e) {
            throw new DataException(e, "%s: not complete after %d s", address, FILE_LIMIT.toSeconds());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataException(e, "%s: interrupted", address);
        } finally {
            pending.cancel(true);
        }
    }

    /// The messages of a failure and its causes; many of the network's have none, then their types.
    private static String reason(Throwable failure) {
        StringJoiner reasons = new StringJoiner(", ");
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String type = cause.getClass().getSimpleName();
            reasons.add(cause.getMessage() == null ? type : type + ": " + cause.getMessage());
        }
        return reasons.toString();
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
