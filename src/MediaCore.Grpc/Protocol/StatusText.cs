using System.Globalization;
using Grpc.Core;

namespace Grpc.Protocol;

/// <summary>The values of <c>grpc-status</c>, made once.</summary>
internal static class StatusText
{
    private static readonly string[] s_texts = [.. Enumerable.Range(0, (int)StatusCode.Unauthenticated + 1).Select(static n => n.ToString(CultureInfo.InvariantCulture))];

    public static string Of(StatusCode code) => (uint)code < (uint)s_texts.Length ? s_texts[(int)code] : ((int)code).ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads a value; a number that is no status is UNKNOWN. False: it is no number.</summary>
    public static bool TryParse(string text, out StatusCode code)
    {
        code = StatusCode.Unknown;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return false;
        }

        code = number <= (int)StatusCode.Unauthenticated ? (StatusCode)number : StatusCode.Unknown;
        return true;
    }
}
