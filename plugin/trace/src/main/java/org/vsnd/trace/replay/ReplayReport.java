// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.vsnd.measure.picture.Picture;
import org.vsnd.trace.review.Remark;
import org.vsnd.trace.review.RemarkKind;

/** What replays have shown, as one HTML file that needs nothing beside it. */
public final class ReplayReport {
    private static final String STYLE = """
            body { font: 15px/1.5 system-ui, sans-serif; color: #30343a; max-width: 1240px; margin: 2em auto; padding: 0 1em }
            h1 { font-size: 1.5em } h2 { font-size: 1.2em; margin-top: 2.5em; border-top: 1px solid #dcdfe4; padding-top: 1em }
            table { border-collapse: collapse; margin: .7em 0 } th, td { text-align: left; padding: .25em .9em .25em 0; \
            vertical-align: top; border-bottom: 1px solid #dcdfe4 } th { font-weight: 600 } td.n { text-align: right }
            .pass { color: #00795a; font-weight: 700 } .fail { color: #c04a00; font-weight: 700 }
            dl { margin: .7em 0 } dt { font-weight: 600 } dd { margin: 0 0 .4em 1.5em } img { max-width: 100% } summary { cursor: pointer; margin: .7em 0 } code { font-size: .93em }
            """;

    private static final String WORDS = """
            <details open><summary>What the words mean</summary><dl>
            <dt>trace</dt><dd>What a guest and a card said to each other, step by step. The traced card is the one of then.</dd>
            <dt>access</dt><dd>The guest reads or writes one of the card's registers.</dd>
            <dt>control reply</dt><dd>The card's answer to a request such as "which streams are there?" or "start".</dd>
            <dt>message</dt><dd>A buffer of sound on its way: to the card to be played, or to be filled with what is recorded,
            and back when that is done.</dd>
            <dt>interrupt</dt><dd>The card's sign to the guest that a buffer is back; there has to be one after each.</dd>
            <dt>frame</dt><dd>One sample of each channel at the same moment: 48,000 a second, for example. Heard are those of the
            guest's messages, bit by bit; of silence those that filled a hole the guest had left, at most 120 ms each time.</dd>
            </dl></details>
            """;

    private final StringBuilder html = new StringBuilder();

    private ReplayReport() {}

    /** Writes the file. */
    public static void write(Path file, List<ReplayResult> results) throws IOException {
        Files.writeString(file, html(results));
    }

    static String html(List<ReplayResult> results) {
        ReplayReport report = new ReplayReport();
        report.head(results);
        results.forEach(report::section);
        report.html.append("</body></html>\n");
        return report.html.toString();
    }

    private void head(List<ReplayResult> results) {
        long failed = results.stream()
                .filter(result -> !result.verdict().equals("pass"))
                .count();
        html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>vsnd replay</title>\n");
        html.append("<style>\n").append(STYLE).append("</style></head><body>\n<h1>Traces replayed against vsnd</h1>\n");
        html.append("<p>Each trace is what a guest did with another card. Its side was played to this card in virtual")
                .append(" time, and everything the card did was judged. ")
                .append(results.size() - failed)
                .append(" of ")
                .append(results.size())
                .append(" passed: ")
                .append(
                        failed == 0
                                ? "nothing that the card did was wrong"
                                : "what was wrong is listed below, with its line in the trace")
                .append(".</p>\n<table><tr><th></th><th>trace</th><th>accesses</th><th>control replies</th>")
                .append("<th>messages</th><th>interrupts</th><th>frames heard</th><th>of silence</th>")
                .append("<th>frames recorded</th></tr>\n");
        for (ReplayResult result : results) {
            Counts counts = result.counts();
            html.append("<tr><td>").append(verdict(result)).append("</td><td><a href=\"#");
            html.append(escaped(result.name()))
                    .append("\">")
                    .append(escaped(result.name()))
                    .append("</a></td>");
            for (long number : new long[] {
                counts.accesses(),
                counts.controlReplies(),
                counts.messages(),
                counts.interrupts(),
                counts.soundFrames(),
                counts.silentFrames(),
                counts.recordedFrames()
            }) {
                html.append("<td class=\"n\">").append(number).append("</td>");
            }
            html.append("</tr>\n");
        }
        html.append("</table>\n").append(WORDS);
    }

    private void section(ReplayResult result) {
        html.append("<h2 id=\"").append(escaped(result.name())).append("\">").append(escaped(result.name()));
        html.append(" ").append(verdict(result)).append("</h2>\n");
        result.hang()
                .ifPresent(hang -> html.append("<p>The traced guest never went on: ")
                        .append(escaped(hang.what()))
                        .append(". With this card ")
                        .append(hang.goesOn() ? "it would go on: " : "it does not go on here either: ")
                        .append(escaped(hang.why()))
                        .append(".</p>\n"));
        if (result.counts().inventedBuffers() > 0) {
            html.append("<p>The trace does not have the bytes of ")
                    .append(result.counts().inventedBuffers())
                    .append(" playback buffers: a pattern that never repeats stood in.</p>\n");
        }
        failures(result);
        picture(result);
        remarks(result);
        differences(result);
    }

    private void failures(ReplayResult result) {
        if (result.passed()) {
            return;
        }
        html.append("<table><tr><th>line</th><th>what failed</th><th>expected</th><th>came</th></tr>\n");
        for (Failure failure : result.failures()) {
            row(failure.line() > 0 ? "" + failure.line() : "", failure.what(), failure.expected(), failure.came());
        }
        html.append("</table>\n");
        long more = result.counts().failures() - result.failures().size();
        if (more > 0) {
            html.append("<p>And ").append(more).append(" more.</p>\n");
        }
    }

    private void remarks(ReplayResult result) {
        if (result.remarks().isEmpty()) {
            html.append("<p>The driver does nothing against the standard that its trace could show.</p>\n");
            return;
        }
        html.append(
                        "<p>For the driver's author: what it does against the standard (MUST, SHOULD), or at its user's cost")
                .append(" (ADVICE), whatever the card made of it.</p>\n<table><tr><th></th><th>the driver</th>")
                .append("<th>the first time</th><th>where</th><th>instead</th></tr>\n");
        for (Remark remark : result.remarks()) {
            RemarkKind kind = remark.kind();
            row(kind.weight().toString(), kind.what(), remark.seen(), remark.place(), kind.instead());
        }
        html.append("</table>\n");
    }

    private void differences(ReplayResult result) {
        html.append("<details><summary>")
                .append(result.differences().size())
                .append(" differences that are the card's right</summary>\n<table><tr><th>line</th><th>times</th>")
                .append("<th>what differs</th><th>traced card</th><th>this card</th><th>why it may</th></tr>\n");
        for (Difference difference : result.differences()) {
            row(
                    "" + difference.line(),
                    "" + difference.count(),
                    difference.what(),
                    difference.traced(),
                    difference.came(),
                    difference.why());
        }
        html.append("</table><p>The card was made with <code>")
                .append(escaped(options(result)))
                .append("</code>.</p></details>\n");
    }

    private static String options(ReplayResult result) {
        return String.join(
                " ",
                result.options().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(option -> option.getKey() + "=" + option.getValue())
                        .toList());
    }

    private void picture(ReplayResult result) {
        Optional<Picture> picture = ReplayPicture.of(result);
        if (picture.isEmpty()) {
            html.append("<p>No sound was exchanged.</p>\n");
            return;
        }
        try {
            html.append(
                            "<p><img alt=\"Messages on their way, their intervals, and the sound\" src=\"data:image/png;base64,")
                    .append(Base64.getEncoder().encodeToString(picture.get().png()))
                    .append("\"></p>\n");
        } catch (IOException e) {
            html.append("<p>No picture: ")
                    .append(escaped(String.valueOf(e.getMessage())))
                    .append("</p>\n");
        }
    }

    private void row(String... cells) {
        html.append("<tr>");
        for (String cell : cells) {
            html.append("<td>").append(escaped(cell)).append("</td>");
        }
        html.append("</tr>\n");
    }

    private static String verdict(ReplayResult result) {
        String verdict = result.verdict();
        return "<span class=\"" + (verdict.equals("pass") ? "pass" : "fail") + "\">" + verdict + "</span>";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
