// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.ForwardingBackend;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.SourceChoice;

/** Records from the chosen one of several back ends of one kind, by their number. What is chosen later is opened anew. */
final class SeveralSources extends ForwardingBackend {
    private final List<AudioBackend> sources;

    /** @param sources at least one; closed with this */
    SeveralSources(List<AudioBackend> sources) {
        this.sources = List.copyOf(sources);
    }

    @Override
    protected AudioBackend host(boolean playback) {
        return sources.get(0);
    }

    @Override
    public String name() {
        return recordsFrom();
    }

    @Override
    public String recordsFrom() {
        return sources.stream().map(AudioBackend::recordsFrom).collect(Collectors.joining(" | "));
    }

    @Override
    public String recordsFrom(String streamName) {
        return recordsFrom();
    }

    /** Whatever the guest is offered it may record from each. */
    @Override
    public Optional<String> captureRefusal(PcmFormat format, int rateHz, int channels) {
        return sources.stream()
                .flatMap(source -> source.captureRefusal(format, rateHz, channels).stream())
                .findFirst();
    }

    @Override
    public int mostChannels(boolean playback) {
        return sources.stream()
                .mapToInt(source -> source.mostChannels(playback))
                .min()
                .orElse(Integer.MAX_VALUE);
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName, SourceChoice choice) {
        return sources.get(choice.chosen()).openSource(params, streamName);
    }

    @Override
    public void close() {
        sources.forEach(AudioBackend::close);
    }
}
