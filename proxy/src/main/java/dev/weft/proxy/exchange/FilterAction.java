package dev.weft.proxy.exchange;

/** What a filter wants to happen after it saw a part of a message. */
public enum FilterAction {
    /** Go on with the next filter. Where the filter held the message before, this lets it go. */
    CONTINUE,
    /**
     * Hold the message here, with all that follows, until {@link HttpFilter#resumeRequest} or {@link
     * HttpFilter#resumeResponse}, or until the filter returns {@link #CONTINUE} for a later part.
     */
    STOP,
    /** The filter called {@link Exchange#answer}; nothing more of this message is shown to anybody. */
    ANSWERED
}
