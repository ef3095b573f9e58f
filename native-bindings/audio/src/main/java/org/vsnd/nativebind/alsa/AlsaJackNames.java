// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.vsnd.audio.HostSocket;

/** How Linux names the jacks of a card, and the mixers that have them. */
final class AlsaJackNames {
    /** {@code plug:hw:0,0}, {@code plug:'hw:CARD=PCH'}: what is in between converts. */
    private static final Pattern CONVERTED = Pattern.compile("plug:(?:SLAVE=)?|['\"]");
    /** ALSA's own PCMs whose first argument is the card. */
    private static final String ALSAS_OWN =
            "(?:plughw|hw|default|sysdefault|front|rear|center_lfe|side|surround\\d+|iec958|spdif"
                    + "|hdmi|dmix|dsnoop|dshare|modem|phoneline|usbstream)";
    /** {@code hw:PCH,0}, {@code plughw:0}, {@code hdmi:CARD=PCH,DEV=0}. */
    private static final Pattern OF_CARD =
            Pattern.compile(ALSAS_OWN + ":([^=,:]+)(?:,.*)?|[^:]+:(?:.*,)?CARD=([^,]+).*");

    private AlsaJackNames() {}

    /** Whether a mixer is that of a sound card, which may come and go. */
    static boolean isCard(String mixerName) {
        return mixerName.startsWith("hw:");
    }

    /** The mixer that belongs to a PCM: that of its card, or else the one with the same name. */
    static String mixer(String pcmName) {
        String name = CONVERTED.matcher(pcmName).replaceAll("");
        Matcher card = OF_CARD.matcher(name);
        if (!card.matches()) {
            return name;
        }
        return "hw:" + (card.group(1) == null ? card.group(2) : card.group(1));
    }

    /** The jacks of a kind: {@code Front Headphone Jack}, {@code Line Out Jack}, {@code HDMI/DP,pcm=3 Jack}. */
    static List<HostSocket.Port> of(HostSocket socket, boolean output, List<HostSocket.Port> jacks) {
        String words = words(socket, output);
        return jacks.stream()
                .filter(jack -> jack.name().matches("(?i).*\\b(" + words + ")\\b.*"))
                .toList();
    }

    /** A headset has both, and a headphone's jack may take a microphone instead. */
    private static String words(HostSocket socket, boolean output) {
        return switch (socket) {
            case LINE -> output ? "line ?out" : "line(?! ?out)";
            case SPEAKER -> "speakers?";
            case HEADPHONE -> "headphones?|headset(?! mic)";
            case SPDIF -> output ? "(spdif|iec958)(?! in)" : "(spdif|iec958) in";
            case HDMI -> "hdmi|dp|displayport";
            case MIC -> "mic|microphone|headset";
            case AUX -> "aux";
        };
    }
}
