// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.util.ArrayList;
import java.util.List;

/** A document of measurements: a heading, facts, one part for each kind of measurement, and the goals that were missed. */
public final class Document {
    private final StringBuilder text = new StringBuilder();
    private final List<String> misses = new ArrayList<>();

    /**
     * Begins one.
     *
     * @param introduction below the title
     * @param facts one sentence each
     */
    public Document(String title, String introduction, List<String> facts) {
        text.append("# ").append(title).append("\n\n").append(introduction).append("\n\n");
        facts.forEach(fact -> text.append("- ").append(fact).append('\n'));
    }

    /** Adds a part. */
    public void part(String title, String explanation, MarkdownTable table) {
        text.append("\n## ").append(title).append("\n\n");
        text.append(explanation).append("\n\n").append(table);
    }

    /** Adds a part that has no table, for example because it could not be measured. */
    public void part(String title, String explanation) {
        text.append("\n## ").append(title).append("\n\n").append(explanation).append('\n');
    }

    /** Adds to the goals that were missed. */
    public void miss(String what) {
        misses.add(what);
    }

    /** Adds to the goals that were missed if this one was not held. */
    public void goal(boolean held, String what) {
        if (!held) {
            misses.add(what);
        }
    }

    /** Goals that were missed, one sentence each. */
    public List<String> misses() {
        return List.copyOf(misses);
    }

    @Override
    public String toString() {
        StringBuilder all = new StringBuilder(text);
        all.append("\n## Goals\n\n");
        if (misses.isEmpty()) {
            all.append("All held.\n");
        }
        misses.forEach(miss -> all.append("- MISSED: ").append(miss).append('\n'));
        return all.toString();
    }
}
