/**
 * What the API server asks before it stores an object: {@link dev.weft.control.webhook.InjectHandler} puts proxies into pods,
 * {@link dev.weft.control.webhook.ValidateHandler} refuses what is wrong. Imports {@code injector-webhook} and {@code mesh-resources}; Netty for the server.
 */
@NullMarked
package dev.weft.control.webhook;

import org.jspecify.annotations.NullMarked;
