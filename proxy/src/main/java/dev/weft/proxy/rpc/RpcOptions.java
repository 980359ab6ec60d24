package dev.weft.proxy.rpc;

import java.time.Duration;

/**
 * How a channel behaves.
 *
 * @param credential of its calls
 * @param keepAlive how often a connection with open calls is asked whether its peer is still there; zero never asks
 * @param mostMessageBytes a longer message ends its call
 */
public record RpcOptions(RpcCredential credential, Duration keepAlive, int mostMessageBytes) {}
