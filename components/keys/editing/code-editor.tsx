"use client";

import { json, jsonParseLinter } from "@codemirror/lang-json";
import { syntaxHighlighting } from "@codemirror/language";
import { linter } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import { basicSetup } from "codemirror";
import { useEffect, useRef, useState } from "react";
import { editorColours, editorTheme } from "./editor-theme";

interface CodeEditorProps {
  label: string;
  initial: string;
  isJson: boolean;
  /** Leaves the focus where it is: it is one field of several. */
  quiet?: boolean;
  onChange: (text: string) => void;
  onSave: () => void;
  onCancel: () => void;
}

/** CodeMirror holding exactly the text it is given: only \n parts lines, so that a \r stays the byte it is. */
export function CodeEditor(props: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  const [{ label, initial, isJson, quiet }] = useState(props);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    if (!host.current) return;
    const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: initial,
        extensions: [
          EditorState.lineSeparator.of("\n"),
          EditorView.cspNonce.of(nonce),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": label }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
          // Before the editor's own keys, in which ⌘Enter breaks the line; Esc after them: it closes their panels first.
          Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => told(latest.current.onSave) }])),
          basicSetup,
          keymap.of([{ key: "Escape", run: () => told(latest.current.onCancel) }]),
          ...(isJson ? [json(), linter(jsonParseLinter())] : []),
          editorTheme,
          syntaxHighlighting(editorColours),
        ],
      }),
    });
    if (!quiet) view.focus();
    return () => view.destroy();
  }, [label, initial, isJson, quiet]);
  return <div ref={host} className="min-h-0 flex-1 overflow-hidden [&_.cm-editor]:h-full" />;
}

function told(act: () => void): true {
  act();
  return true;
}
