using Microsoft.AspNetCore.Http;

namespace FamilyPa.Functions.Http;

/// <summary>Reads request bodies with a size limit. The platform's own limits are tens of megabytes, and exceeding them gives 500.</summary>
public static class Body
{
    /// <returns>The body; null when it has more than <paramref name="largest"/> bytes.</returns>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, int largest, CancellationToken cancellation)
    {
        if (request.ContentLength > largest)
            return null;
        // One extra byte shows that the body is too long. Content-Length may be absent or wrong.
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
