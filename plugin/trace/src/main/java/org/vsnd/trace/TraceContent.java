// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace;

import java.util.Optional;

/** What a trace says of the bytes in a buffer. Hexadecimal text is lower-case, two digits a byte. */
public sealed interface TraceContent {
    /** Nothing is known, and nothing needs to be: a buffer that is yet to be written. */
    TraceContent NONE = new None();

    /** The bytes were left out. */
    TraceContent OMITTED = new Omitted();

    /** Bytes whose text is given in a trace itself are at most this many; longer ones are summed up. */
    int LONGEST_HEX_BYTES = 512;

    /** Bytes at the head of a {@link Summary}. */
    int HEAD_BYTES = 64;

    /** See {@link #NONE}. */
    record None() implements TraceContent {}

    /** See {@link #OMITTED}. */
    record Omitted() implements TraceContent {}

    /** Every byte. */
    record Hex(String hex) implements TraceContent {}

    /**
     * A long buffer.
     *
     * @param head the first {@link #HEAD_BYTES}
     * @param crc32 of all, as eight hexadecimal digits
     * @param allZero whether every byte is 0
     * @param blob a file beside the trace that holds all of them, by its relative path
     */
    record Summary(String head, String crc32, boolean allZero, Optional<String> blob) implements TraceContent {}
}
