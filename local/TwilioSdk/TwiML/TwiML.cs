using System.Xml.Linq;

namespace Twilio.TwiML;

/// <summary>An element of TwiML.</summary>
public class TwiML
{
    private readonly XElement element;

    protected TwiML(string tagName, string body = "")
    {
        // Never null: an element with no children is written with both tags.
        element = new XElement(tagName, body);
    }

    /// <summary>The document as text. Hides <see cref="object.ToString"/> rather than overriding it, like the SDK.</summary>
    public string ToString(SaveOptions formattingOptions = SaveOptions.None)
    {
        using var writer = new Utf8StringWriter();
        new XDocument(new XDeclaration("1.0", "utf-8", null), new XElement(element)).Save(writer, formattingOptions);
        return writer.ToString();
    }

    private protected void Add(TwiML child) => element.Add(child.element);

    private protected void SetAttribute(string name, string? value) => element.SetAttributeValue(name, value);
}
