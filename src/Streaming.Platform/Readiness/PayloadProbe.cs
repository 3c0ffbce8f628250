using System.Text.Json;
using Streaming.Platform.Wire;

namespace Streaming.Platform.Readiness;

/// <summary>One call as bytes.</summary>
/// <param name="RequestBytes">How many the request has.</param>
/// <param name="AnswerBytes">And its answer.</param>
/// <param name="CodecUs">What both took to become bytes and to come back, in microseconds.</param>
/// <param name="Lost">What has not survived; null where all has.</param>
internal readonly record struct Payload(int RequestBytes, int AnswerBytes, double CodecUs, string? Lost);

/// <summary>Makes bytes of a recorded call as the wire would, and sees what they cost and whether anything is lost.</summary>
internal sealed class PayloadProbe(TimeProvider clock)
{
    public Payload Look(object request, object answer)
    {
        try
        {
            var began = clock.GetTimestamp();
            var (asked, answered) = (Bytes(request), Bytes(answer));
            var (askedThere, answeredHere) = (Back(asked, request), Back(answered, answer));
            var took = clock.GetElapsedTime(began);
            var lost = !Bytes(askedThere).AsSpan().SequenceEqual(asked) ? $"{request.GetType().Name} is another after it has been bytes"
                : !Bytes(answeredHere).AsSpan().SequenceEqual(answered) ? "its answer is another after it has been bytes" : null;
            return new Payload(asked.Length, answered.Length, took.TotalMicroseconds, lost);
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException or InvalidOperationException)
        {
            return new Payload(0, 0, 0, failure.Message);
        }
    }

    private static byte[] Bytes(object value) => JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), ContractJson.Options);

    private static object Back(byte[] bytes, object value) =>
        JsonSerializer.Deserialize(bytes, value.GetType(), ContractJson.Options) ?? throw new JsonException($"{value.GetType().Name} became null on the wire");
}
