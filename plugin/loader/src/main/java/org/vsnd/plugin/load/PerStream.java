// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Whether an option may name a stream by a suffix, {@code .output0} or {@code .input0}. */
public enum PerStream {
    /** The option is for the whole card. */
    NEVER,
    /** Without a stream's name it is for all streams. */
    MAY,
    /** It makes no sense for all streams. */
    MUST;

    /** The word for it in {@code plugin.yaml}. */
    String yaml() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<PerStream> of(String yaml) {
        return Arrays.stream(values())
                .filter(value -> value.yaml().equals(yaml))
                .findFirst();
    }
}
