// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snapshot;

/**
 * A kind of section of a snapshot; {@code docs/snapshot.md} has their order. The class that has the state has the
 * constant.
 *
 * @param tag four ASCII letters, as in the snapshot
 * @param title for people
 */
public record Section(String tag, String title) {
    /** Checks the tag's length. */
    public Section {
        if (tag.length() != Integer.BYTES) {
            throw new IllegalArgumentException("not four letters: " + tag);
        }
    }

    /** The four letters as a little-endian number. */
    int number() {
        int packed = 0;
        for (int i = tag.length() - 1; i >= 0; i--) {
            packed = packed << 8 | tag.charAt(i);
        }
        return packed;
    }
}
