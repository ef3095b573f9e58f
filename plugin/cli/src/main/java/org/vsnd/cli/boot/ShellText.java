// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Commands as a person can paste them into a shell. */
public final class ShellText {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

    private ShellText() {}

    /** One command: its environment first, and a line for each option. */
    public static String command(Map<String, String> environment, List<String> words) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(environment)
                .forEach((name, value) ->
                        text.append(name).append('=').append(quote(value)).append(' '));
        text.append(quote(words.get(0)));
        for (String word : words.subList(1, words.size())) {
            text.append(word.startsWith("-") ? " \\\n  " : " ").append(quote(word));
        }
        return text.toString();
    }

    /** One word that the shell takes literally. */
    static String quote(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
