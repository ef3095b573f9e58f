// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.review;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Remarks as they come up: of each kind the first place is kept, and how many there were. */
final class Remarks {
    /** What one kind comes in; no more than a reader takes in. */
    private static final int MAX_VARIANTS = 8;

    private record Key(RemarkKind kind, String variant) {}

    private final Map<Key, Remark> remarks = new LinkedHashMap<>();

    void add(RemarkKind kind, int line, long micros, String seen) {
        add(kind, "", line, micros, seen);
    }

    /** @param variant kinds that come in several ways have a remark for each */
    void add(RemarkKind kind, String variant, int line, long micros, String seen) {
        Key key = new Key(kind, variant);
        Remark known = remarks.get(key);
        if (known != null) {
            remarks.put(key, new Remark(kind, known.line(), known.micros(), known.count() + 1, known.seen()));
        } else if (remarks.keySet().stream().filter(k -> k.kind() == kind).count() < MAX_VARIANTS) {
            remarks.put(key, new Remark(kind, line, micros, 1, seen));
        }
    }

    /** What the standard demands first, then by place. */
    List<Remark> list() {
        return remarks.values().stream()
                .sorted(Comparator.comparing((Remark remark) -> remark.kind().weight())
                        .thenComparing(Remark::line))
                .toList();
    }
}
