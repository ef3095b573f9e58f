// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.ctl;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** An answer as people read it: a list of objects is a table, anything else a line each. */
public final class AnswerText {
    private AnswerText() {}

    /** The lines; none if there is nothing to say. */
    public static List<String> lines(JsonElement answer) {
        List<String> lines = new ArrayList<>();
        add("", answer, lines);
        return lines;
    }

    private static void add(String name, JsonElement value, List<String> lines) {
        if (value.isJsonObject()) {
            for (Map.Entry<String, JsonElement> each : value.getAsJsonObject().entrySet()) {
                add(name.isEmpty() ? each.getKey() : name + "." + each.getKey(), each.getValue(), lines);
            }
        } else if (value.isJsonArray() && isTable(value.getAsJsonArray())) {
            addTable(value.getAsJsonArray(), lines);
        } else if (!value.isJsonNull()) {
            lines.add(name + ": " + text(value));
        }
    }

    private static boolean isTable(JsonArray array) {
        return array.asList().stream().allMatch(JsonElement::isJsonObject);
    }

    private static void addTable(JsonArray rows, List<String> lines) {
        Set<String> columns = new LinkedHashSet<>();
        rows.forEach(row -> columns.addAll(row.getAsJsonObject().keySet()));
        List<List<String>> table = new ArrayList<>();
        table.add(List.copyOf(columns));
        for (JsonElement row : rows) {
            table.add(columns.stream()
                    .map(column -> cell(row.getAsJsonObject(), column))
                    .toList());
        }
        List<Integer> widths = new ArrayList<>();
        for (int column = 0; column < columns.size(); column++) {
            int at = column;
            widths.add(table.stream()
                    .mapToInt(cells -> cells.get(at).length())
                    .max()
                    .orElse(0));
        }
        for (List<String> cells : table) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < cells.size(); column++) {
                String cell = cells.get(column);
                line.append(cell).append(" ".repeat(widths.get(column) - cell.length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
    }

    private static String cell(JsonObject row, String column) {
        JsonElement value = row.get(column);
        return value == null ? "" : text(value);
    }

    private static String text(JsonElement value) {
        if (value.isJsonPrimitive()) {
            return value.getAsString();
        }
        if (value.isJsonArray()) {
            return value.getAsJsonArray().asList().stream()
                    .map(AnswerText::text)
                    .collect(Collectors.joining(","));
        }
        if (value.isJsonObject()) {
            return value.getAsJsonObject().entrySet().stream()
                    .map(each -> each.getKey() + "=" + text(each.getValue()))
                    .collect(Collectors.joining(","));
        }
        return "";
    }
}
