using Microsoft.AspNetCore.Http;

namespace FamilyPa.Functions.Http;

/// <summary>Reads request bodies under a cap: the platform's own limits are in the tens of megabytes and answer 500.</summary>
public static class Body
{
    /// <returns>The whole body; null when it has more than <paramref name="largest"/> bytes, of which no more are read.</returns>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int largest, CancellationToken cancellation)
    {
        if (request.ContentLength > largest)
            return null;
        // Room for one byte too many tells a body that ends from one that goes on; Content-Length may be absent or wrong.
        var buffer = new byte[(int)(request.ContentLength ?? largest) + 1];
        var length = 0;
        while (length < buffer.Length)
        {
            var read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellation);
            if (read == 0)
                return buffer[..length];
            length += read;
        }

        return null;
    }
}
