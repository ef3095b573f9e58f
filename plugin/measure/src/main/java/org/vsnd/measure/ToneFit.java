// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure;

import java.util.ArrayList;
import java.util.List;

/**
 * A recorded tone, fitted piece by piece with a sine: what is left over shows clicks, jumps of the phase from one piece to
 * the next show frames that were left out or repeated, and the phase all together which of the tone's frames each one was.
 */
public final class ToneFit {
    private static final double NANO = 1e-9;
    private static final double TWO_PI = 2 * Math.PI;
    private static final int ROUNDS = 3;

    private final List<Piece> pieces;
    private final double radiansPerFrame;

    /**
     * One piece.
     *
     * @param at its middle, in frames of the recording
     * @param amplitude of the sine
     * @param phase of the sine in the middle, radians, without jumps of a whole turn from the piece before
     * @param residual the largest distance of a sample from the sine
     */
    public record Piece(double at, double amplitude, double phase, double residual) {}

    private ToneFit(List<Piece> pieces, double radiansPerFrame) {
        this.pieces = pieces;
        this.radiansPerFrame = radiansPerFrame;
    }

    /**
     * Fits.
     *
     * @param samples of one channel; all of the tone
     * @param cyclesPerFrame of the tone, within one part in a hundred
     * @param pieceFrames long enough for several cycles
     */
    public static ToneFit of(double[] samples, double cyclesPerFrame, int pieceFrames) {
        double radians = cyclesPerFrame * TWO_PI;
        List<Piece> pieces = fit(samples, radians, pieceFrames);
        for (int round = 0; round < ROUNDS && pieces.size() > 2; round++) {
            radians = slope(pieces);
            pieces = fit(samples, radians, pieceFrames);
        }
        return new ToneFit(pieces, radians);
    }

    private static List<Piece> fit(double[] samples, double radians, int pieceFrames) {
        List<Piece> pieces = new ArrayList<>();
        for (int from = 0; from + pieceFrames <= samples.length; from += pieceFrames) {
            Piece piece = fitPiece(samples, from, pieceFrames, radians);
            if (!pieces.isEmpty()) {
                Piece before = pieces.get(pieces.size() - 1);
                double expected = before.phase + radians * (piece.at - before.at);
                double turns = Math.rint((expected - piece.phase) / TWO_PI);
                piece = new Piece(piece.at, piece.amplitude, piece.phase + turns * TWO_PI, piece.residual);
            }
            pieces.add(piece);
        }
        return pieces;
    }

    /** Least squares of a cosine and a sine around the piece's middle. */
    private static Piece fitPiece(double[] samples, int from, int count, double radians) {
        double middle = from + (count - 1) / 2.0;
        double cc = 0;
        double ss = 0;
        double cs = 0;
        double cx = 0;
        double sx = 0;
        for (int i = from; i < from + count; i++) {
            double c = Math.cos(radians * (i - middle));
            double s = Math.sin(radians * (i - middle));
            cc += c * c;
            ss += s * s;
            cs += c * s;
            cx += c * samples[i];
            sx += s * samples[i];
        }
        double determinant = cc * ss - cs * cs;
        double a = (cx * ss - sx * cs) / determinant;
        double b = (sx * cc - cx * cs) / determinant;
        double residual = 0;
        for (int i = from; i < from + count; i++) {
            double fitted = a * Math.cos(radians * (i - middle)) + b * Math.sin(radians * (i - middle));
            residual = Math.max(residual, Math.abs(samples[i] - fitted));
        }
        return new Piece(middle, Math.hypot(a, b), Math.atan2(a, b), residual);
    }

    /** The median of the pieces' steps: slips do not pull at it. */
    private static double slope(List<Piece> pieces) {
        double[] steps = new double[pieces.size() - 1];
        for (int i = 1; i < pieces.size(); i++) {
            Piece before = pieces.get(i - 1);
            Piece after = pieces.get(i);
            steps[i - 1] = (after.phase - before.phase) / (after.at - before.at);
        }
        return Sample.of(steps).median();
    }

    public List<Piece> pieces() {
        return pieces;
    }

    /** Of the tone in the recording, against what it should have, in units of 1e-9. */
    public double ppb(double cyclesPerFrame) {
        return (radiansPerFrame / (cyclesPerFrame * TWO_PI) - 1) / NANO;
    }

    /** The largest distance of a sample from its piece's sine, as a share of the tone's usual amplitude. */
    public double worstResidual() {
        double amplitude = Sample.of(
                        pieces.stream().mapToDouble(Piece::amplitude).toArray())
                .median();
        return pieces.stream().mapToDouble(Piece::residual).max().orElse(Double.NaN) / amplitude;
    }

    /** How many pieces are further than this many frames ahead of or behind the place the piece before leads to. */
    public long jumps(double frames) {
        long jumps = 0;
        for (int i = 1; i < pieces.size(); i++) {
            Piece before = pieces.get(i - 1);
            Piece after = pieces.get(i);
            double off = after.phase - before.phase - radiansPerFrame * (after.at - before.at);
            jumps += Math.abs(off) > frames * radiansPerFrame ? 1 : 0;
        }
        return jumps;
    }

    /**
     * Which of the tone's frames was recorded at a place, counted from wherever the tone's phase was 0.
     *
     * @param place in the recording
     * @param cyclesPerFrame of the tone as it was given
     */
    public double toneFrameAt(double place, double cyclesPerFrame) {
        Piece nearest = pieces.get(0);
        for (Piece piece : pieces) {
            nearest = Math.abs(piece.at - place) < Math.abs(nearest.at - place) ? piece : nearest;
        }
        return (nearest.phase + radiansPerFrame * (place - nearest.at)) / (cyclesPerFrame * TWO_PI);
    }
}
