import Markdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";

/**
 * Markdown as elements, never as HTML of its own: tags in it are left out, and so are addresses that could run something.
 * Larger than the page itself, so it is fetched where it is needed.
 */
export function MarkdownText({ text, components }: { readonly text: string; readonly components: Components }) {
  return (
    <Markdown remarkPlugins={[remarkGfm]} skipHtml components={components}>
      {text}
    </Markdown>
  );
}
