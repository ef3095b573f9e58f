// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.BackendException;
import org.vsnd.pci.PciIdentity;
import org.vsnd.pci.virtio.VirtioPciFunction;
import org.vsnd.plugin.load.PluginDescriptor;
import org.vsnd.snd.SoundDevice;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciDevicePlugin;
import org.vsnd.spi.PluginException;

/**
 * A PCI virtio sound card, as {@code plugin.yaml} describes it. A host with its own audio may offer it as the
 * {@linkplain Host#ability ability} {@link AudioBackend}: the card plays into it unless the operator names a back end.
 * The host closes it, after the cards that use it; several may use it at a time. In virtual time the host wraps live
 * audio in an {@link org.vsnd.audio.unpaced.UnpacedBackend}.
 */
public final class VirtioSoundPlugin implements PciDevicePlugin {
    /** The name in {@code plugin.yaml}. */
    public static final String ID = "virtio-snd-pci";

    private static final String BACKEND = "backend";

    /** Multimedia audio, QEMU's subsystem ids, revision 1: every known guest binds to these. */
    private static final PciIdentity IDENTITY = new PciIdentity(0x040100, 0x1af4, 0x1100, 1);

    /** The contents of {@code plugin.yaml}, which is packed beside this class; an error in it is our own. */
    public static PluginDescriptor descriptor() {
        try (InputStream in = VirtioSoundPlugin.class.getResourceAsStream("/" + PluginDescriptor.FILE)) {
            byte[] yaml = Objects.requireNonNull(in, PluginDescriptor.FILE).readAllBytes();
            return PluginDescriptor.read(new String(yaml, StandardCharsets.UTF_8), PluginDescriptor.FILE);
        } catch (IOException | PluginException e) {
            throw new IllegalStateException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public SoundCard create(Host host, Map<String, String> options) throws PluginException {
        SoundOptions parsed = SoundOptions.parse(descriptor(), options);
        Optional<AudioBackend> hosts =
                options.containsKey(BACKEND) ? Optional.empty() : host.ability(AudioBackend.class);
        if (hosts.isPresent()) {
            OfferedSounds.check(parsed.sound(), hosts.get());
            return create(host, options, parsed, hosts.get(), () -> {});
        }
        AudioBackend opened = open(parsed.backend(), host);
        try {
            OfferedSounds.check(parsed.sound(), opened);
        } catch (PluginException e) {
            opened.close();
            throw e;
        }
        return create(host, options, parsed, opened, opened::close);
    }

    /**
     * The same with the host's own back end instead of the option {@code backend}.
     *
     * @param backend closed with the card
     */
    public SoundCard create(Host host, Map<String, String> options, AudioBackend backend) throws PluginException {
        return create(host, options, SoundOptions.parse(descriptor(), options), backend, backend::close);
    }

    /**
     * @param given by the operator
     * @param options what comes of it
     * @param closeAudio called with the back end when the card is closed
     */
    private static SoundCard create(
            Host host, Map<String, String> given, SoundOptions options, AudioBackend backend, Runnable closeAudio) {
        FamilyLog families = new FamilyLog(given);
        SoundDevice device = new SoundDevice(options.sound(), host.thread(), backend, CardBudget.of(host), families);
        VirtioPciFunction function = new VirtioPciFunction(host, device, IDENTITY, options.msixVectors());
        return new SoundCard(function, device, backend, closeAudio);
    }

    private static AudioBackend open(String spec, Host host) throws PluginException {
        try {
            return HostAudio.open(spec, host.thread().timeBase());
        } catch (BackendException e) {
            throw new PluginException(String.valueOf(e.getMessage()), e);
        }
    }
}
