package dev.sextant.zoo.data;

import dev.sextant.engine.error.DataException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.StringJoiner;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Gets files by HTTP, through the environment's proxy if there is one.
final class Download implements AutoCloseable {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(20);

    private final HttpClient client;
    private final Duration fileLimit;

    /// @param home      what the proxy is chosen for
    /// @param fileLimit time for one file
    Download(DataEnvironment environment, URI home, Duration fileLimit) {
        var proxies = environment.proxies();
        this.fileLimit = fileLimit;
        client = HttpClient.newBuilder().connectTimeout(CONNECT_LIMIT).followRedirects(HttpClient.Redirect.NORMAL)
                .version(HttpClient.Version.HTTP_1_1).proxy(proxies).authenticator(proxies.authenticator(home))
                .build();
    }

    /// A file's content.
    ///
    /// @param mostBytes a longer answer is refused
    /// @throws DataException if it cannot be had
    byte[] get(URI address, int mostBytes) {
        var request = HttpRequest.newBuilder(address).timeout(fileLimit).build();
        var body = BodyHandlers.limiting(BodyHandlers.ofByteArray(), mostBytes);
        var pending = client.sendAsync(request, body);
        try {
            // The request's own limit ends with the headers; this one covers the body.
            HttpResponse<byte[]> response = pending.get(fileLimit.toSeconds(), TimeUnit.SECONDS);
            if (response.statusCode() != 200) {
                throw new DataException("%s answered with status %d", address, response.statusCode());
            }
            return response.body();
        } catch (ExecutionException e) {
            throw new DataException(e.getCause(), "%s: %s", address, reason(e.getCause()));
        } catch (TimeoutException e) {
            throw new DataException(e, "%s: not complete after %d s", address, fileLimit.toSeconds());
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

    @Override
    public void close() {
        client.close();
    }
}
