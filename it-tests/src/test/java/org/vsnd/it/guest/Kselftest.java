// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.util.List;

/**
 * What one of the kernel's own tests found, in the Test Anything Protocol. Its exit code says nothing: it is 0 whenever the
 * test came to its end.
 *
 * @param output all it said
 */
record Kselftest(String output) {
    /** The checks that passed, by name. */
    List<String> passed() {
        return output.lines()
                .filter(line -> line.startsWith("ok ") && !line.contains("# SKIP"))
                .map(Kselftest::name)
                .toList();
    }

    /** The checks that failed. */
    List<String> failed() {
        return output.lines()
                .filter(line -> line.startsWith("not ok "))
                .map(Kselftest::name)
                .toList();
    }

    /** The checks that do not apply to the card. */
    List<String> skipped() {
        return output.lines()
                .filter(line -> line.startsWith("ok ") && line.contains("# SKIP"))
                .map(Kselftest::name)
                .toList();
    }

    /** How many checks it announced. */
    int planned() {
        return output.lines()
                .filter(line -> line.startsWith("1.."))
                .mapToInt(line -> Integer.parseInt(line.substring(3).strip()))
                .findFirst()
                .orElse(0);
    }

    /** Whether all checks that it announced were made, and none failed. */
    boolean isComplete() {
        return planned() > 0 && passed().size() + skipped().size() == planned();
    }

    /** The test's own last line. */
    String summary() {
        return output.lines()
                .filter(line -> line.startsWith("# Totals:"))
                .findFirst()
                .orElse("no totals");
    }

    private static String name(String line) {
        return line.replaceFirst("^(not )?ok \\d+ (# SKIP )?", "");
    }
}
