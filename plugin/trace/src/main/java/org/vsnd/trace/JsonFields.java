// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The fields of one JSON object in a trace, each taken as what it must be, or refused by name. */
final class JsonFields {
    private static final Pattern HEX_NUMBER = Pattern.compile("0x[0-9a-fA-F]{1,16}");
    private static final Pattern HEX_BYTES = Pattern.compile("(?:[0-9a-f]{2})*");

    private final JsonObject object;
    private final String where;

    /** @param where file and line, for the message */
    JsonFields(JsonObject object, String where) {
        this.object = object;
        this.where = where;
    }

    TraceException refusal(String expectation) {
        return new TraceException(where + ": " + expectation);
    }

    /** Whether it is there, and is something. */
    boolean has(String name) {
        return object.has(name) && !object.get(name).isJsonNull();
    }

    String text(String name) throws TraceException {
        JsonPrimitive value = primitive(name);
        if (value == null || !value.isString()) {
            throw refusal("field '" + name + "' must be a string");
        }
        return value.getAsString();
    }

    /** A whole number of this range. */
    long number(String name, long lowest, long highest) throws TraceException {
        JsonPrimitive value = primitive(name);
        if (value != null && value.isNumber()) {
            try {
                long number = new BigDecimal(value.getAsString()).longValueExact();
                if (number >= lowest && number <= highest) {
                    return number;
                }
            } catch (ArithmeticException | NumberFormatException e) {
                // refused below, like any other number that does not fit
            }
        }
        throw refusal("field '" + name + "' must be a whole number from " + lowest + " to " + highest);
    }

    int integer(String name, int lowest, int highest) throws TraceException {
        return (int) number(name, lowest, highest);
    }

    boolean isTrue(String name) throws TraceException {
        if (!has(name)) {
            return false;
        }
        JsonPrimitive value = primitive(name);
        if (value == null || !value.isBoolean()) {
            throw refusal("field '" + name + "' must be true or false");
        }
        return value.getAsBoolean();
    }

    /** A number as a string such as 0xfee00000, unsigned. */
    long hexNumber(String name) throws TraceException {
        String text = text(name);
        if (!HEX_NUMBER.matcher(text).matches()) {
            throw refusal("field '" + name + "' must be 0x and 1 to 16 hexadecimal digits");
        }
        return Long.parseUnsignedLong(text.substring(2), 16);
    }

    /** Bytes as lower-case hexadecimal digits. */
    String hexBytes(String name) throws TraceException {
        String text = text(name);
        if (!HEX_BYTES.matcher(text).matches()) {
            throw refusal("field '" + name + "' must be lower-case hexadecimal digits, two a byte");
        }
        return text;
    }

    List<JsonElement> array(String name) throws TraceException {
        JsonElement value = object.get(name);
        if (value == null || !value.isJsonArray()) {
            throw refusal("field '" + name + "' must be an array");
        }
        return value.getAsJsonArray().asList();
    }

    JsonFields object(String name) throws TraceException {
        return of(object.get(name), "field '" + name + "'");
    }

    /** The fields of an object inside this one. */
    JsonFields of(@Nullable JsonElement element, String what) throws TraceException {
        if (element == null || !element.isJsonObject()) {
            throw refusal(what + " must be an object");
        }
        return new JsonFields(element.getAsJsonObject(), where);
    }

    private @Nullable JsonPrimitive primitive(String name) {
        return object.get(name) instanceof JsonPrimitive value ? value : null;
    }
}
