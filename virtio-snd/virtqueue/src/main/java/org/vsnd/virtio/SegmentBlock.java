// SPDX-License-Identifier: Apache-2.0
package org.vsnd.virtio;

import org.jspecify.annotations.Nullable;

/** Some segments of a {@link DescriptorChain}, or of none while they are in the {@link SegmentPool}. */
final class SegmentBlock {
    /** Segments in a block: a message of 56 KiB in pages. */
    static final int LENGTH = 16;

    final long[] addresses = new long[LENGTH];
    final long[] ends = new long[LENGTH];

    @Nullable
    SegmentBlock next;
}
