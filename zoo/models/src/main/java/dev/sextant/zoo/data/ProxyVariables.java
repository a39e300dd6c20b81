package dev.sextant.zoo.data;

import java.io.IOException;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The proxies that the environment names, as curl and apt understand them: `http_proxy`, `https_proxy`, `all_proxy`
/// (capitals too) with addresses such as `http://user:password@host:3128`, and `no_proxy` with a list of hosts and
/// domains, or `*`. Without any of them, Java's own settings (`http.proxyHost`, …) decide.
final class ProxyVariables extends ProxySelector {
    private static final int DEFAULT_PORT = 80;

    private final Map<String, String> variables;

    ProxyVariables(Map<String, String> variables) {
        this.variables = variables;
    }

    @Override
    public List<Proxy> select(URI target) {
        var proxy = proxyFor(target);
        if (proxy.isEmpty()) {
            return named(target).isEmpty() ? ProxySelector.getDefault().select(target) : List.of(Proxy.NO_PROXY);
        }
        int port = proxy.get().getPort() < 0 ? DEFAULT_PORT : proxy.get().getPort();
        return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress(proxy.get().getHost(), port)));
    }

    @Override
    public void connectFailed(URI target, SocketAddress address, IOException failure) {
        // The request itself reports the failure.
    }

    /// The proxy for an address, unless `no_proxy` exempts its host.
    Optional<URI> proxyFor(URI target) {
        return exempt(target.getHost()) ? Optional.empty() : named(target);
    }

    private Optional<URI> named(URI target) {
        return variable(target.getScheme() + "_proxy").or(() -> variable("all_proxy")).map(ProxyVariables::address);
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).or(() -> Optional.ofNullable(variables.get(
                name.toUpperCase(Locale.ROOT)))).map(String::strip).filter(value -> !value.isEmpty());
    }

    private static URI address(String value) {
        try {
            var address = URI.create(value.contains("://") ? value : "http://" + value);
            return address.getHost() == null ? null : address;
        } catch (IllegalArgumentException e) {
            // As curl does: an address that makes no sense is no proxy; a download then says what failed.
            return null;
        }
    }

    private boolean exempt(String host) {
        for (String entry : variable("no_proxy").orElse("").split("[,\\s]+")) {
            String name = entry.replaceFirst(":\\d+$", "").replaceFirst("^\\*?\\.", "").toLowerCase(Locale.ROOT);
            String wanted = host.toLowerCase(Locale.ROOT);
            if (entry.equals("*") || !name.isEmpty() && (wanted.equals(name) || wanted.endsWith("." + name))) {
                return true;
            }
        }
        return false;
    }

    /// Answers a proxy that asks for a name and password with those in its address.
    Authenticator authenticator(URI target) {
        var login = proxyFor(target).map(URI::getRawUserInfo).orElse("");
        return new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                if (getRequestorType() != RequestorType.PROXY || login.isEmpty()) {
                    return null;
                }
                String[] parts = (login + ":").split(":", 3);
                return new PasswordAuthentication(decode(parts[0]), decode(parts[1]).toCharArray());
            }
        };
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
