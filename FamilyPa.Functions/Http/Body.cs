using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Functions.Http;

/// <summary>Reads request bodies with a size limit and a timeout. The platform's own limits are tens of megabytes, and exceeding them gives 500.</summary>
public static class Body
{
    /// <summary>Kestrel aborts only bodies that come with less than 240 bytes per second. Twilio itself gives up after 15 s.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <returns>The body; null when it has more than <paramref name="largest"/> bytes.</returns>
    /// <exception cref="BadHttpRequestException">The body came too slowly (408).</exception>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int largest, CancellationToken cancellation)
    {
        if (request.ContentLength > largest)
            return null;
        var reader = request.BodyReader;
        using var limit = new CancellationTokenSource(Timeout);
        // A read that is canceled this way leaves the body in a state that the server can handle.
        await using var canceling = limit.Token.Register(reader.CancelPendingRead);
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            if (read.IsCanceled)
                throw new BadHttpRequestException("The body came too slowly.", StatusCodes.Status408RequestTimeout);
            // Content-Length may be absent or wrong.
            if (read.Buffer.Length > largest || read.IsCompleted)
            {
                var body = read.Buffer.Length > largest ? null : read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
