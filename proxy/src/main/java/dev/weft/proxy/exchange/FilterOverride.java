package dev.weft.proxy.exchange;

/** Settings of one filter for one route; each filter that has any knows its own type. */
public interface FilterOverride {}
