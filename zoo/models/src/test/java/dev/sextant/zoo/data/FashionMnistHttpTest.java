package dev.sextant.zoo.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sextant.engine.error.DataException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Downloads from a server in this process: as the data set's home, and as a proxy before it.
@Timeout(60)
class FashionMnistHttpTest {
    @TempDir
    Path root;

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private FakeFashion fake;
    private HttpServer server;
    private String address;

    @BeforeEach
    void startServer() throws IOException {
        fake = new FakeFashion(root);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        address = "127.0.0.1:" + server.getAddress().getPort();
        fake.home = URI.create("http://" + address + "/data");
        server.createContext("/", this::serve);
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    private void serve(HttpExchange exchange) throws IOException {
        requests.add(exchange.getRequestURI().toString());
        String path = exchange.getRequestURI().getPath();
        for (MnistFile file : MnistFile.values()) {
            if (path.equals("/data/" + file.packedName())) {
                answer(exchange, 200, fake.packed.get(file));
                return;
            }
        }
        answer(exchange, 404, "<html>no such thing</html>".getBytes(StandardCharsets.UTF_8));
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private String failure() {
        String message = assertThrows(DataException.class, fake::load).getMessage();
        assertFalse(Files.exists(fake.cacheFolder()), "something reached the cache");
        return message;
    }

    @Test
    void filesAreFetchedCheckedAndKept() throws IOException {
        var data = fake.load();
        assertEquals(fake.home + "/", data.origin());
        assertEquals(3, data.train().size());
        assertEquals(4, requests.size());
        for (MnistFile file : MnistFile.values()) {
            assertArrayEquals(fake.packed.get(file), Files.readAllBytes(fake.cacheFolder().resolve(file.packedName())));
        }
        assertTrue(fake.load().origin().startsWith("the cache"));
        assertEquals(4, requests.size());
    }

    @Test
    void aMissingFileIsNamedWithItsStatus() {
        fake.home = URI.create("http://" + address + "/elsewhere/");
        assertTrue(failure().contains("/elsewhere/train-images-idx3-ubyte.gz answered with status 404"));
    }

    @Test
    void otherContentIsRefused() {
        fake.packed.put(MnistFile.TEST_IMAGES, FakeFashion.gzip(new byte[24]));
        String message = failure();
        assertTrue(message.contains(fake.home + "/t10k-images-idx3-ubyte.gz: not Fashion-MNIST's"), message);
        assertTrue(message.contains("expected SHA-256"), message);
    }

    @Test
    void aPageInsteadOfAFileIsRefused() {
        fake.packed.put(MnistFile.TRAIN_IMAGES, "<html>please log in</html>".getBytes(StandardCharsets.UTF_8));
        assertTrue(failure().contains("not Fashion-MNIST's train-images-idx3-ubyte: expected 28 bytes unpacked"));
    }

    @Test
    void aTruncatedDownloadIsRefused() {
        server.removeContext("/");
        server.createContext("/", exchange -> {
            byte[] body = fake.packed.get(MnistFile.TRAIN_IMAGES);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body, 0, body.length / 2);
            exchange.getResponseBody().flush();
            throw new IOException("cut off");
        });
        assertTrue(failure().contains("/data/train-images-idx3-ubyte.gz: "));
    }

    @Test
    void anEndlessDownloadIsCutOff() {
        server.removeContext("/");
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, 0);
                byte[] block = new byte[1 << 16];
                for (int i = 0; i < 1 << 14; i++) {
                    exchange.getResponseBody().write(block);
                }
                requests.add("all of it");
            }
        });
        String message = failure();
        assertTrue(message.contains("train-images-idx3-ubyte.gz: IOException"), message);
        assertFalse(requests.contains("all of it"), "the whole gigabyte was read");
    }

    @Test
    void redirectsAreFollowed() {
        server.createContext("/moved/", exchange -> {
            String file = exchange.getRequestURI().getPath().substring("/moved/".length());
            exchange.getResponseHeaders().set("Location", "http://" + address + "/data/" + file);
            answer(exchange, 302, new byte[0]);
        });
        fake.home = URI.create("http://" + address + "/moved/");
        assertEquals(3, fake.load().train().size());
    }

    @Test
    void theSystemPropertyReplacesTheHome() {
        String before = System.getProperty(DataEnvironment.URL_PROPERTY);
        try {
            System.setProperty(DataEnvironment.URL_PROPERTY, "http://" + address + "/data");
            fake.home = DataEnvironment.system(line -> {
            }).home();
            assertEquals(3, fake.load().train().size());
            for (String bad : List.of("not an address", "/data", "ftp://example.org/", "")) {
                System.setProperty(DataEnvironment.URL_PROPERTY, bad);
                assertThrows(DataException.class, () -> DataEnvironment.system(line -> {
                }), bad);
            }
        } finally {
            if (before == null) {
                System.clearProperty(DataEnvironment.URL_PROPERTY);
            } else {
                System.setProperty(DataEnvironment.URL_PROPERTY, before);
            }
        }
    }

    private void setVariables(String... namesAndValues) {
        Map<String, String> variables = new HashMap<>(fake.variables);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            variables.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        fake.variables = variables;
    }

    @Test
    void theEnvironmentsProxyIsUsed() {
        for (String name : List.of("http_proxy", "HTTP_PROXY", "all_proxy")) {
            requests.clear();
            fake = new FakeFashion(root.resolve(name));
            fake.home = URI.create("http://data.invalid/data/");
            setVariables(name, "http://" + address);
            assertEquals(3, fake.load().train().size());
            assertEquals("http://data.invalid/data/train-images-idx3-ubyte.gz", requests.getFirst());
        }
    }

    @Test
    void noProxyExemptsHosts() {
        for (String exempt : List.of("127.0.0.1", "example.org, 127.0.0.1", "*")) {
            fake = new FakeFashion(root.resolve("exempt" + exempt.length()));
            fake.home = URI.create("http://" + address + "/data/");
            setVariables("http_proxy", "http://127.0.0.1:9", "no_proxy", exempt);
            assertEquals(3, fake.load().train().size());
        }
        fake = new FakeFashion(root.resolve("proxied"));
        fake.home = URI.create("http://" + address + "/data/");
        setVariables("http_proxy", "http://127.0.0.1:9", "no_proxy", "27.0.0.1");
        assertThrows(DataException.class, fake::load);
    }

    @Test
    void noProxyKnowsDomainsAndPorts() {
        for (String exempt : List.of(".example.org", "example.org", "*.example.org", "a, DATA.example.org:80")) {
            setVariables("http_proxy", "http://proxy:3128", "no_proxy", exempt);
            assertTrue(fake.environment().proxies().proxyFor(URI.create("http://data.example.org/")).isEmpty(), exempt);
            assertTrue(fake.environment().proxies().proxyFor(URI.create("http://notexample.org/")).isPresent(), exempt);
        }
        setVariables("https_proxy", "proxy:3128", "no_proxy", "");
        var proxy = fake.environment().proxies().proxyFor(URI.create("https://x.org/"));
        assertEquals("proxy", proxy.orElseThrow().getHost());
    }

    @Test
    void aProxyThatAsksForAPasswordGetsTheOneInItsAddress() {
        server.removeContext("/");
        String expected = "Basic " + Base64.getEncoder().encodeToString("me:p@ss".getBytes(StandardCharsets.UTF_8));
        server.createContext("/", exchange -> {
            if (expected.equals(exchange.getRequestHeaders().getFirst("Proxy-Authorization"))) {
                serve(exchange);
            } else {
                exchange.getResponseHeaders().set("Proxy-Authenticate", "Basic realm=\"test\"");
                answer(exchange, 407, new byte[0]);
            }
        });
        fake.home = URI.create("http://data.invalid/data/");
        setVariables("http_proxy", "http://me:p%40ss@" + address);
        assertEquals(3, fake.load().train().size());
    }
}
