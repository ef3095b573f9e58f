// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** One line per record on standard error: {@code vsnd: WARNING: what happened}. */
final class LogFormat extends Formatter {
    private static final Logger ROOT = Logger.getLogger("");

    LogFormat() {}

    /** Makes this the format of the whole process. */
    static void install() {
        for (Handler handler : ROOT.getHandlers()) {
            ROOT.removeHandler(handler);
        }
        ConsoleHandler handler = new ConsoleHandler();
        handler.setFormatter(new LogFormat());
        ROOT.addHandler(handler);
    }

    @Override
    public String format(LogRecord entry) {
        return "vsnd: " + name(entry.getLevel()) + ": " + formatMessage(entry).replaceAll("\\R+", " | ")
                + System.lineSeparator();
    }

    private static String name(Level level) {
        return level.equals(Level.SEVERE) ? "ERROR" : level.getName();
    }
}
