using System.ClientModel;
using System.Net.Http.Headers;
using System.Net.Mime;

namespace FamilyPa.Core.Transcription;

/// <summary>The form of a transcription request. The client's own knows neither <c>languages[]</c> nor <c>keywords[]</c>.</summary>
internal sealed class AudioForm : BinaryContent
{
    // Not disposed with the form: the recording is its caller's.
    private readonly MultipartFormDataContent form;

    /// <param name="sound">Seekable: a retry sends it again.</param>
    /// <param name="fileName">Its extension is what the service goes by.</param>
    public AudioForm(Stream sound, string fileName, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var boundary = Guid.NewGuid().ToString("N");
        ContentType = $"multipart/form-data; boundary={boundary}";
        form = new MultipartFormDataContent(boundary);
        foreach (var (name, value) in fields)
            Add(new StringContent(value), name, null);
        var file = new StreamContent(sound);
        file.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Octet);
        Add(file, "file", fileName);
    }

    public string ContentType { get; }

    public override async Task WriteToAsync(Stream stream, CancellationToken cancellation = default) => await form.CopyToAsync(stream, cancellation);

    public override void WriteTo(Stream stream, CancellationToken cancellation = default) => form.CopyTo(stream, null, cancellation);

    public override bool TryComputeLength(out long length)
    {
        length = form.Headers.ContentLength ?? 0;
        return form.Headers.ContentLength is not null;
    }

    public override void Dispose()
    {
    }

    /// <remarks>Names in quotes, as browsers write them: not every server takes them without.</remarks>
    private void Add(HttpContent content, string name, string? fileName)
    {
        content.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = $"\"{name}\"", FileName = fileName is null ? null : $"\"{fileName}\"" };
        form.Add(content);
    }
}
