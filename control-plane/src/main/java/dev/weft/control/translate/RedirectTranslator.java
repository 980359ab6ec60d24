package dev.weft.control.translate;

import dev.weft.model.route.RouteAction;
import dev.weft.resources.HttpAction;
import java.util.Optional;
import java.util.OptionalInt;

/** Redirects. The port may be derived from the scheme or from the port that was dialled. */
final class RedirectTranslator {
    private RedirectTranslator() {}

    static RouteAction.Redirect translate(HttpAction.Redirect redirect, int requestPort) {
        return new RouteAction.Redirect(
                redirect.code(),
                redirect.authority(),
                redirect.port()
                        .map(port -> port(port, redirect.scheme(), requestPort))
                        .orElse(OptionalInt.empty()),
                redirect.scheme(),
                redirect.path().map(RedirectTranslator::path),
                false);
    }

    private static OptionalInt port(HttpAction.RedirectPort port, Optional<String> scheme, int requestPort) {
        return switch (port) {
            case HttpAction.RedirectPort.Number(int number) -> OptionalInt.of(number);
            case HttpAction.RedirectPort.FromRequest ignored -> OptionalInt.of(requestPort);
            case HttpAction.RedirectPort.ProtocolDefault ignored ->
                OptionalInt.of(scheme.orElse("http").equals("https") ? 443 : 80);
        };
    }

    private static RouteAction.PathRedirect path(HttpAction.RedirectPath path) {
        return switch (path) {
            case HttpAction.RedirectPath.Full(String full) -> new RouteAction.ReplacePath(full);
            case HttpAction.RedirectPath.ReplacePrefix(String prefix) -> new RouteAction.ReplacePrefix(prefix);
        };
    }
}
