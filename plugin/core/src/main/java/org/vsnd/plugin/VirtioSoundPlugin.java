// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.vsnd.audio.AudioBackend;
import org.vsnd.pci.PciIdentity;
import org.vsnd.pci.virtio.VirtioPciFunction;
import org.vsnd.plugin.load.PluginDescriptor;
import org.vsnd.snd.SoundDevice;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciDevicePlugin;
import org.vsnd.spi.PluginException;

/**
 * A PCI virtio sound card, as {@code plugin.yaml} describes it. A host with its own audio may offer it as the
 * {@linkplain Host#ability ability} {@link AudioBackend}: the card plays into it unless the operator names a back end.
 * The host closes it, after the cards that use it; several may use it at a time. With the option {@code sources} it is told
 * which of them is chosen, and knows what they are. In virtual time the host wraps live audio in an {@link
 * org.vsnd.audio.unpaced.UnpacedBackend}.
 */
public final class VirtioSoundPlugin implements PciDevicePlugin {
    /** The name in {@code plugin.yaml}. */
    public static final String ID = "virtio-snd-pci";

    private static final String BACKEND = "backend";
    private static final String MSIX = "msix";
    private static final String VIRTIO = "virtio";
    private static final String CONTROLS = "controls";
    private static final String AUTO = "auto";

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
            AudioBackend named = StreamHosts.over(parsed, hosts.get());
            return create(host, options, OfferedSounds.fit(parsed, named), named, () -> {});
        }
        AudioBackend opened = StreamHosts.open(parsed, host.thread().timeBase());
        return create(host, options, fit(parsed, opened), opened, opened::close);
    }

    /** The options with what the host can do; closes the back end if that is not enough. */
    private static SoundOptions fit(SoundOptions options, AudioBackend opened) throws PluginException {
        try {
            return OfferedSounds.fit(options, opened);
        } catch (PluginException e) {
            opened.close();
            throw e;
        }
    }

    /**
     * The same with the host's own back end instead of the option {@code backend}.
     *
     * @param backend closed with the card
     */
    public SoundCard create(Host host, Map<String, String> options, AudioBackend backend) throws PluginException {
        SoundOptions parsed = SoundOptions.parse(descriptor(), options);
        return create(host, options, parsed, StreamHosts.over(parsed, backend), backend::close);
    }

    /**
     * Creates the sound device alone, for a host that has the virtio transport itself.
     *
     * @param thread the host's thread for the device
     * @param budget how much the card may take for its guest
     * @param options as for {@link #create}, without those that only a PCI card has
     * @throws PluginException with a sentence for the operator
     */
    public VirtioSoundCard createDevice(DeviceThread thread, CardBudget budget, Map<String, String> options)
            throws PluginException {
        SoundOptions parsed = SoundOptions.parse(descriptor(), withoutPci(options));
        AudioBackend opened = StreamHosts.open(parsed, thread.timeBase());
        return createDevice(thread, budget, options, fit(parsed, opened), opened);
    }

    /**
     * The same with the host's own back end instead of the option {@code backend}.
     *
     * @param backend closed with the card
     */
    public VirtioSoundCard createDevice(
            DeviceThread thread, CardBudget budget, Map<String, String> options, AudioBackend backend)
            throws PluginException {
        SoundOptions parsed = SoundOptions.parse(descriptor(), withoutPci(options));
        return createDevice(thread, budget, options, parsed, StreamHosts.over(parsed, backend));
    }

    private static VirtioSoundCard createDevice(
            DeviceThread thread,
            CardBudget budget,
            Map<String, String> given,
            SoundOptions options,
            AudioBackend backend) {
        FamilyLog families = new FamilyLog(given);
        SoundDevice device = new SoundDevice(options.sound(), thread, backend, budget, families);
        OperatorChanges changes = new OperatorChanges(device);
        return new VirtioSoundCard(
                device, changes, commands(device, changes, options, thread), backend, options.features());
    }

    private static Map<String, String> withoutPci(Map<String, String> options) throws PluginException {
        if (List.of(options.getOrDefault(VIRTIO, "").split(",")).contains("suspend")) {
            throw new PluginException(
                    "option " + VIRTIO + "=suspend is for a PCI card of vsnd's own, over vfio-user: over"
                            + " vhost-user the hypervisor has the driver's status, and says nothing of it");
        }
        if (options.containsKey(MSIX)) {
            throw new PluginException(
                    "option " + MSIX + " is for a PCI card of vsnd's own, over vfio-user: over vhost-user"
                            + " the hypervisor has the PCI card, with its own vectors");
        }
        if (!options.getOrDefault(CONTROLS, AUTO).equals(AUTO)) {
            return options;
        }
        Map<String, String> without = new HashMap<>(options);
        without.put(CONTROLS, "off"); // QEMU passes the feature on, but not the number of controls, unless told to
        return without;
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
        VirtioPciFunction function =
                new VirtioPciFunction(host, device, IDENTITY, options.msixVectors(), options.features());
        return new SoundCard(
                function,
                device,
                commands(device, new OperatorChanges(device), options, host.thread()),
                backend,
                closeAudio);
    }

    private static OperatorCommands commands(
            SoundDevice device, OperatorChanges changes, SoundOptions options, DeviceThread thread) {
        return new OperatorCommands(
                new CardOperations(device, changes, options.sound().jacks()), thread);
    }
}
